/**
 * What the page of a home is told, and where it asks: the one thing that the server and the view share.
 *
 * - `GET /api/homes` → `Homes`: for the switch.
 * - `GET /api/state?home=<site>` → `HomeState`.
 * - `GET /api/events?home=<site>` → server-sent events: `state` with a `HomeState`, at once and after each tick; `trouble`
 *   with a `PageTrouble` where the home cannot be looked at now. Ages are counted by the view, from `now` on.
 * - `GET /api/history?home=<site>&hours=<1…744>` → `History`.
 *
 * Every other answer than 200 is a `PageTrouble`. Without `home` the first one is meant. Texts may come from vendors: they are on one line and short, and must be shown
 * as texts. Times are ms since the epoch, powers kW with the signs of a reading, energies kWh.
 */
import * as z from 'zod/mini';
import { errorKinds } from '../../core/failure.ts';
import { outcomes } from '../../core/report.ts';

const time = z.number();
const text = z.string();
const kind = z.enum(errorKinds);

/** What a flow or a charge says in words is the same sentence as in the terminal: `exporting 1.50 kW`. */
const words = text;

/**
 * - `known`: `kw` is of now.
 * - `lacking`: the home has it, and it is unknown now: not zero.
 * - `absent`: the home is not known to have it.
 */
export const Flow = z.discriminatedUnion('is', [
  z.object({
    is: z.literal('known'),
    /** Sun and home: its power. Grid: + importing. Battery: + giving. Car: its charging. */
    kw: z.number(),
    words,
    /** `towards`: it feeds the home. `away`: it is fed. `none`: nothing flows. */
    direction: z.enum(['towards', 'away', 'none']),
    /** Derived from the other terms by the balance equation. */
    origin: z.enum(['measured', 'derived']),
    /** By the vendor's clock; absent where it gives none. */
    measuredAt: z.optional(time),
    /** When the bridge had it. */
    toldAt: time,
  }),
  z.object({ is: z.literal('lacking'), words, /** When it was last known. */ lastAt: z.optional(time) }),
  z.object({ is: z.literal('absent') }),
]);
export type Flow = z.output<typeof Flow>;

export const flowNames = ['sun', 'home', 'grid', 'battery', 'car'] as const;
export type FlowName = (typeof flowNames)[number];

/** State of charge of the battery. */
export const Charge = z.discriminatedUnion('is', [
  z.object({ is: z.literal('known'), /** 0…100. */ percent: z.number(), energy_kwh: z.optional(z.number()), words }),
  z.object({ is: z.literal('lacking'), words }),
  z.object({ is: z.literal('absent') }),
]);
export type Charge = z.output<typeof Charge>;

export const SourceView = z.object({
  label: text,
  title: text,
  /** `waiting`: nothing is known of it yet. */
  state: z.enum(['answers', 'fails', 'waiting']),
  lastAnswerAt: z.optional(time),
  /** When it is asked next, and why not earlier: `its cloud renews its figures every 5 min`. */
  next: z.optional(z.object({ at: time, why: text })),
  /** Why it fails. */
  error: z.optional(z.object({ kind, says: text })),
  /** What the home has of it and is unknown now, as nouns: `the battery power`. */
  lacking: z.array(text),
  notes: z.array(text),
});
export type SourceView = z.output<typeof SourceView>;

export const DestinationView = z.object({
  label: text,
  title: text,
  /** How the last tick that told it anything ended there; `idle`: it was never told anything. */
  outcome: z.enum(outcomes),
  lastMessageAt: z.optional(time),
  /** What came of it: `took the figures`, or what is wrong. */
  says: text,
  error: z.optional(z.object({ kind: z.optional(kind), says: text })),
});
export type DestinationView = z.output<typeof DestinationView>;

/** An energy of the day, and of which share of the time since midnight it is known, 0…1. What is not known counts nothing. */
export const Total = z.object({ kwh: z.number(), known: z.number() });
export type Total = z.output<typeof Total>;

export const totalNames = ['produced', 'consumed', 'imported', 'exported', 'charged', 'discharged'] as const;
export type TotalName = (typeof totalNames)[number];

export const DayTotals = z.object({
  /** Midnight here. */
  from: time,
  until: time,
  /** Share of that time of which any figures are known, 0…1. */
  known: z.number(),
  /** Absent: the home is not known to have it. */
  totals: z.partialRecord(z.enum(totalNames), Total),
});
export type DayTotals = z.output<typeof DayTotals>;

export const HomeState = z.object({
  site: text,
  /** When this was made. */
  now: time,
  /** When the last tick was; absent before the first. */
  tickAt: z.optional(time),
  outcome: z.optional(z.enum(outcomes)),
  flows: z.object({ sun: Flow, home: Flow, grid: Flow, battery: Flow, car: Flow }),
  charge: Charge,
  /** Why there are no figures now, and since when. */
  error: z.optional(z.object({ kind: z.optional(kind), says: text, since: time })),
  /** Settings to mend, a sentence each. */
  problems: z.array(text),
  /** Doubts about the figures, with what to do. */
  warnings: z.array(text),
  /** About settings and destinations; no doubt about any figure. */
  remarks: z.array(text),
  sources: z.array(SourceView),
  destinations: z.array(DestinationView),
  today: DayTotals,
});
export type HomeState = z.output<typeof HomeState>;

/** Of one length; null is a gap, and where time passed without figures there is a row of nulls. */
const column = z.array(z.nullable(z.number()));

export const columnNames = ['production', 'consumption', 'net_import', 'battery', 'soc'] as const;
export type ColumnName = (typeof columnNames)[number];

export const History = z.object({
  from: time,
  until: time,
  /** How much time each row stands for, s: 60 for the minutes themselves, more where they are averaged. */
  step_s: z.number(),
  /** s since the epoch, rising. */
  times: z.array(z.number()),
  /** Powers in kW (grid + importing, battery + giving), `soc` in percent. */
  columns: z.object({
    production: column,
    consumption: column,
    net_import: column,
    battery: column,
    soc: column,
  }),
  /** Errors, oldest first: those that say the same without figures between them are one. */
  marks: z.array(z.object({ from: time, until: time, kind: z.optional(kind), says: text })),
});
export type History = z.output<typeof History>;

/** 7 days of minutes; a longer time is averaged into no more. */
export const mostRows = 10_080;
/** How far back a home can be seen. */
export const mostHours = 31 * 24;

export const Homes = z.object({
  /** A simulated home, the bridge on this machine, or the log of the one on AWS. */
  origin: z.enum(['demo', 'here', 'aws']),
  homes: z.array(z.object({ site: text })),
});
export type Homes = z.output<typeof Homes>;

/** Why the home cannot be looked at, with what to do. */
export const PageTrouble = z.object({ says: text });
export type PageTrouble = z.output<typeof PageTrouble>;
