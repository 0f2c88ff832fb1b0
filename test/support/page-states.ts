/** States of a page for its tests: each with the homes, the state and the history that a server could answer. */
import type {
  ColumnName,
  DayTotals,
  DestinationView,
  Flow,
  History,
  HomeState,
  Homes,
  SourceView,
} from '../../functions/push-solar-data/local/page/page-state.ts';
import { columnNames } from '../../functions/push-solar-data/local/page/page-state.ts';

export type PageCase = { homes: Homes; state: HomeState; history: History };

/** A noon in May at Greenwich, ms since the epoch. */
export const noon = Date.parse('2026-05-20T12:00:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const midnight = noon - 12 * hourMs;

/** What steers a terminal, turns the direction of writing, or would be markup and a formula elsewhere. */
export const hostileText =
  '<img src=x onerror="document.title=1"><script>alert(1)</script> \u202Eevil\u202C =HYPERLINK("http://x") \u001B[31m\u0007 {{7*7}} \'"`&amp;';

const known = (
  kw: number,
  words: string,
  direction: 'towards' | 'away' | 'none',
  origin = 'measured' as const,
): Flow => ({
  is: 'known',
  kw,
  words,
  direction,
  origin,
  measuredAt: noon - 20_000,
  toldAt: noon - 5_000,
});
const absent: Flow = { is: 'absent' };

const source: SourceView = {
  label: 'simulator',
  title: 'Simulated home',
  state: 'answers',
  lastAnswerAt: noon - 5_000,
  next: { at: noon + 55_000, why: 'it is asked each minute' },
  lacking: [],
  notes: [],
};
const chargeHq: DestinationView = {
  label: 'charge-hq',
  title: 'Charge HQ',
  outcome: 'pushed',
  lastMessageAt: noon - 5_000,
  says: 'took the figures',
};
const today: DayTotals = {
  from: midnight,
  until: noon,
  known: 0.98,
  totals: {
    produced: { kwh: 14.2, known: 0.98 },
    consumed: { kwh: 6.1, known: 0.98 },
    imported: { kwh: 1.3, known: 0.98 },
    exported: { kwh: 5.9, known: 0.98 },
    charged: { kwh: 4.2, known: 0.98 },
    discharged: { kwh: 0.7, known: 0.98 },
  },
};

const sunnyDay: HomeState = {
  site: 'home',
  now: noon,
  tickAt: noon - 5_000,
  outcome: 'pushed',
  flows: {
    sun: known(4.2, 'solar 4.20 kW', 'towards'),
    home: { ...known(0.7, 'home uses 0.70 kW', 'away'), origin: 'derived' } as Flow,
    grid: known(-1.5, 'exporting 1.50 kW', 'away'),
    battery: known(-2, 'battery takes 2.00 kW', 'away'),
    car: absent,
  },
  charge: { is: 'known', percent: 64.5, energy_kwh: 6.5, words: 'battery 64.5 %' },
  problems: [],
  warnings: [],
  remarks: [],
  sources: [source],
  destinations: [chargeHq],
  today,
};

const lackingWarning =
  'roof does not give the battery power now, which this home is known to have: it is unknown, not zero, so what would follow from it is not told';
const lackingBattery: HomeState = {
  ...sunnyDay,
  flows: {
    ...sunnyDay.flows,
    home: { is: 'lacking', words: 'consumption unknown', lastAt: noon - 7 * minuteMs },
    battery: { is: 'lacking', words: 'battery power unknown', lastAt: noon - 7 * minuteMs },
  },
  charge: { is: 'lacking', words: 'charge unknown' },
  warnings: [lackingWarning],
  sources: [{ ...source, label: 'roof', lacking: ['the battery power', "the battery's state of charge"] }],
};

const refusal = 'Simulated home: it refuses the API key (401). Make a new one in its portal and set SIMULATOR_API_KEY';
const unknown = (what: string): Flow => ({ is: 'lacking', words: `${what} unknown`, lastAt: noon - 12 * minuteMs });
const error: HomeState = {
  ...sunnyDay,
  outcome: 'reported',
  flows: {
    sun: unknown('solar power'),
    home: unknown('consumption'),
    grid: unknown('grid power'),
    battery: unknown('battery power'),
    car: absent,
  },
  charge: { is: 'lacking', words: 'charge unknown' },
  error: { kind: 'auth', says: refusal, since: noon - 11 * minuteMs },
  sources: [
    {
      ...source,
      state: 'fails',
      lastAnswerAt: noon - 12 * minuteMs,
      next: { at: noon + 19 * minuteMs, why: 'it refused the credentials, and is left alone for 30 min' },
      error: { kind: 'auth', says: refusal },
    },
  ],
  destinations: [{ ...chargeHq, outcome: 'reported', says: 'was told the error' }],
};

const hostile: HomeState = {
  ...error,
  site: 'home',
  error: { kind: 'bad-response', says: hostileText, since: noon - 11 * minuteMs },
  problems: [hostileText],
  warnings: [hostileText, 'x'.repeat(300)],
  remarks: [hostileText],
  sources: [
    {
      ...source,
      label: hostileText,
      title: hostileText,
      state: 'fails',
      error: { kind: 'bad-response', says: hostileText },
      lacking: [hostileText],
      notes: [hostileText],
    },
  ],
  destinations: [
    { ...chargeHq, title: hostileText, outcome: 'failed', says: hostileText, error: { says: hostileText } },
  ],
};

const beforeFirstTick: HomeState = {
  ...sunnyDay,
  flows: { sun: absent, home: absent, grid: absent, battery: absent, car: absent },
  charge: { is: 'absent' },
  sources: [],
  destinations: [],
  today: { from: midnight, until: noon, known: 0, totals: {} },
};
delete beforeFirstTick.tickAt;
delete beforeFirstTick.outcome;

const rounded = (value: number) => Math.round(value * 1000) / 1000;

/** One row a minute up to noon. */
export function minutes(hours: number, isGap: (minute: number) => boolean = () => false): History {
  const rows = hours * 60;
  const from = noon - rows * minuteMs;
  const times = Array.from({ length: rows }, (_, row) => (from + row * minuteMs) / 1000);
  const columns = Object.fromEntries(columnNames.map((name) => [name, [] as (number | null)[]])) as History['columns'];
  for (const [row, time] of times.entries()) {
    const figures = isGap(row) ? undefined : figuresAt(time);
    for (const name of columnNames) columns[name].push(figures?.[name] ?? null);
  }
  return { from, until: noon, step_s: 60, times, columns, marks: [] };
}

function figuresAt(time: number): Record<ColumnName, number> {
  const dayShare = (time % 86_400) / 86_400;
  const clouds = 0.8 + 0.2 * Math.sin(time / 431);
  const production = Math.max(0, -Math.cos(2 * Math.PI * dayShare) * 5 * clouds);
  const consumption = 0.6 + 0.4 * Math.sin(time / 911) ** 2;
  const battery = Math.max(-2, Math.min(1.5, (consumption - production) * 0.6));
  const soc = 50 - 35 * Math.sin(2 * Math.PI * (dayShare + 0.1));
  const net_import = rounded(consumption) - rounded(production) - rounded(battery);
  return {
    production: rounded(production),
    consumption: rounded(consumption),
    net_import: rounded(net_import),
    battery: rounded(battery),
    soc: rounded(soc),
  };
}

const withErrors: History = {
  ...minutes(24, (minute) => minute >= 1428),
  marks: [
    {
      from: noon - 9 * hourMs,
      until: noon - 9 * hourMs,
      kind: 'unavailable',
      says: 'Simulated home does not answer in time',
    },
    { from: noon - 11 * minuteMs, until: noon, kind: 'auth', says: refusal },
  ],
};
const batteryLostAt = 1433;
const withoutBattery = minutes(24);
for (const name of ['battery', 'soc', 'consumption'] as const) withoutBattery.columns[name].fill(null, batteryLostAt);

const oneHome: Homes = { origin: 'here', homes: [{ site: 'home' }] };

export const pageCases = {
  sunnyDay: { homes: { ...oneHome, origin: 'demo' }, state: sunnyDay, history: minutes(24) },
  lackingBattery: { homes: oneHome, state: lackingBattery, history: withoutBattery },
  error: { homes: oneHome, state: error, history: withErrors },
  twoHomes: {
    homes: { origin: 'aws', homes: [{ site: 'home' }, { site: 'beach-house' }] },
    state: sunnyDay,
    history: minutes(24, (minute) => minute > 300 && minute < 360),
  },
  hostile: {
    homes: oneHome,
    state: hostile,
    history: { ...withErrors, marks: [{ from: noon - hourMs, until: noon, kind: 'bad-response', says: hostileText }] },
  },
  sevenDays: { homes: oneHome, state: sunnyDay, history: minutes(7 * 24, (minute) => minute % 1440 < 30) },
  beforeFirstTick: { homes: oneHome, state: beforeFirstTick, history: minutes(0) },
} satisfies Record<string, PageCase>;

/** The other home of the switch. */
export const beachHouse: PageCase = {
  homes: pageCases.twoHomes.homes,
  state: { ...lackingBattery, site: 'beach-house' },
  history: withoutBattery,
};

/** `home-1`, `home-2`, …: of the 42nd the battery is lacking. */
export function manyHomes(count: number, name = 'home-'): PageCase[] {
  const sites = Array.from({ length: count }, (_, nth) => `${name}${nth + 1}`);
  const homes: Homes = { origin: 'aws', homes: sites.map((site) => ({ site })) };
  return sites.map((site, nth) => {
    const { state, history } = nth === 41 ? pageCases.lackingBattery : pageCases.sunnyDay;
    return { homes, state: { ...state, site }, history };
  });
}
