/** Ticks on mutated answers, and everything that a tick may never do with them. */
import type { NamedConversation } from '../conversations/all.ts';
import { longestBlockMs } from '../faults/observation.ts';
import type { Push } from '../support/conversation.ts';
import { wattsOf } from '../support/truth.ts';
import { exceed } from './excess.ts';
import { follows, numbersIn, respelt } from './explanation.ts';
import { type Fuzzed, type FuzzHome, openFuzzHome } from './home.ts';
import { type Draw, drawFrom, isFigure, type Mutated, mutate, type Path, valueAt, withValue } from './mutation.ts';

export type Finding = { seed: number; place: number; mutation: string; wrong: string; push: unknown };
export type FuzzResult = { runs: number; pushed: number; ms: number; findings: Finding[] };

/** Longest that a tick may take, ms: far beyond what it needs, far below its budget. */
const longestMs = 2_500;
const liveShare = 0.75;
/** Every so many runs the mutated answer is told again in another spelling. */
const respellEvery = 4;

/** Values changed and dropped, or blown up beyond all measure. */
export const modes = ['changes', 'excesses'] as const;
export type Mode = (typeof modes)[number];

/** @param seed of the first run; the nth has seed + n. */
export async function fuzz(
  conversation: NamedConversation,
  seed: number,
  runs: number,
  mode: Mode = 'changes',
): Promise<FuzzResult> {
  const home = await openFuzzHome(conversation);
  const result: FuzzResult = { runs, pushed: 0, ms: 0, findings: [] };
  const begun = performance.now();
  try {
    for (let run = seed; run < seed + runs; run++) {
      const { wrong, push, place, mutation } = await once[mode](home, run);
      if (push) result.pushed += 1;
      const { what, path } = mutation;
      for (const each of wrong)
        result.findings.push({ seed: run, place, mutation: `${path.join('.')} ${what}`, wrong: each, push });
    }
  } finally {
    await home.close();
  }
  result.ms = Math.round(performance.now() - begun);
  return result;
}

type Once = { wrong: string[]; push: Push | undefined; place: number; mutation: Mutated };
const once: Record<Mode, (home: FuzzHome, seed: number) => Promise<Once>> = {
  changes: changeOnce,
  excesses: exceedOnce,
};

/** Which answer is mutated: most often that of the live call. */
function placeOf(home: FuzzHome, draw: Draw): number {
  const places = [...home.answers.keys()];
  return (draw() < liveShare ? places.at(-1) : places[Math.floor(draw() * places.length)]) ?? 0;
}

async function exceedOnce(home: FuzzHome, seed: number): Promise<Once> {
  const draw = drawFrom(seed);
  const place = placeOf(home, draw);
  const { text, ...mutation } = exceed(home.answers.get(place), draw);
  const fuzzed = await home.play(place, text);
  const push = fuzzed.push?.siteMeters ? fuzzed.push : undefined;
  const wrong = wrongEnd(fuzzed);
  if (push) wrong.push(...wrongFigures(push, home, place, mutation.tree, fuzzed));
  if (fuzzed.blockedMs > longestBlockMs) wrong.push(`blocked the process for ${fuzzed.blockedMs} ms`);
  return { wrong, push, place, mutation };
}

async function changeOnce(home: FuzzHome, seed: number): Promise<Once> {
  const draw = drawFrom(seed);
  const place = placeOf(home, draw);
  const before = home.answers.get(place);
  let mutation = mutate(before, draw);
  if (draw() < 0.2)
    mutation = { ...mutation, tree: mutate(mutation.tree, draw).tree, what: `${mutation.what} and more` };
  mutation = { ...mutation, tree: mutation.tree === undefined ? null : mutation.tree };
  const json = JSON.stringify(mutation.tree);
  const fuzzed = await home.play(place, json);
  const push = fuzzed.push?.siteMeters ? fuzzed.push : undefined;
  const wrong = [...wrongEnd(fuzzed), ...(push ? wrongFigures(push, home, place, mutation.tree, fuzzed) : [])];
  if (push && !mayBeNone(home.vendor, mutation.path) && (await isInvented(home, place, before, mutation, fuzzed)))
    wrong.push('took what is missing for zero');
  if (seed % respellEvery === 0) {
    const again = await home.play(place, respelt(json));
    const same = JSON.stringify(again.push?.siteMeters) === JSON.stringify(fuzzed.push?.siteMeters);
    if (!same) wrong.push(`in another spelling: ${JSON.stringify(again.push)}`);
  }
  return { wrong, push, place, mutation };
}

function wrongEnd({ report, push, ms, unfit }: Fuzzed): string[] {
  const wrong = [...unfit];
  if (report.kind === 'bug') wrong.push(`a bug: ${report.sources[0]?.stack ?? report.warnings?.join()}`);
  if (report.outcome !== 'pushed' && report.outcome !== 'reported') wrong.push(`ended as ${report.outcome}`);
  if (report.outcome === 'reported' && (typeof push?.error !== 'string' || push.siteMeters))
    wrong.push('told no error');
  if (ms > longestMs) wrong.push(`took ${Math.round(ms)} ms`);
  return wrong;
}

/** Figures balance as a reader computes it, are possible, and stand in the answers or follow from them. */
function wrongFigures(
  { siteMeters = {} }: Push,
  home: FuzzHome,
  place: number,
  tree: unknown,
  { report }: Fuzzed,
): string[] {
  const {
    production_kw: p,
    net_import_kw: n,
    consumption_kw: c,
    battery_discharge_kw: b = 0,
    battery_soc,
  } = siteMeters;
  const wrong: string[] = [];
  const all = p !== undefined && n !== undefined && c !== undefined;
  if (all && wattsOf(p) + wattsOf(n) + wattsOf(b) !== wattsOf(c)) wrong.push('does not balance');
  if (battery_soc !== undefined && (battery_soc < 0 || battery_soc > 1)) wrong.push('is no state of charge');
  const answers = [...home.answers].map(([at, answer]) => (at === place ? tree : answer));
  const numbers = numbersIn(answers);
  for (const [field, figure] of Object.entries(siteMeters)) {
    if (!Number.isFinite(figure)) wrong.push(`${field} is no number`);
    const isMeasured = !report.derived?.some((name) => name === field);
    if (isMeasured && figure !== 0 && !follows(field, figure, numbers) && !isLeft(field, c, numbers))
      wrong.push(`${field} stands nowhere in the answer`);
  }
  return wrong;
}

/** Whether it is a battery power that an adapter derives itself: what sun and grid leave of a load in the answer. */
const isLeft = (field: string, consumption_kw: number | undefined, numbers: ReadonlySet<number>): boolean =>
  field === 'battery_discharge_kw' &&
  consumption_kw !== undefined &&
  [...numbers].some((load) => Math.abs(load / 1000 - Math.abs(consumption_kw)) <= 0.0011);

/**
 * Where a vendor says that what is missing is none: SMA's other direction, a silent battery of Enphase's, a
 * FoxESS inverter with battery and no PV, a Victron plant without PV or off the grid, an input that a SolaX inverter lacks,
 * a shunt that select.live does not show.
 */
const noneWhere: Record<string, RegExp> = {
  sma: /(feedIn|gridFeedIn|externalConsumption|gridConsumption|batteryCharging|batteryDischarging)$/,
  solax: /(powerdc[1-4]|pv[1-4]Power)$/,
  foxess: /^result\.1\.datas\.0\.value$/,
  'victron-vrm': /^records\.0\.extended\.[01]\.rawValue$/,
  tesla: /^response\.generator_power$/,
  selectronic: /^items\.shunt_w$/,
  luxpower: /^midboxData\.gridL2ActivePower$/,
  enphase: /^devices\.encharges\.\d+\.(power|last_report_at)$/,
};
const mayBeNone = (vendor: string, path: Path): boolean => noneWhere[vendor]?.test(path.join('.')) ?? false;

/**
 * A number that is gone must not count as 0: a measured figure that depends on it, and is not 0 for want of it, is
 * either gone too or comes from elsewhere. So no figure may be the same as with a 0 in its place, if it is another one
 * with another number there.
 */
async function isInvented(
  home: FuzzHome,
  place: number,
  before: unknown,
  { path, what }: Mutated,
  { push, report }: Fuzzed,
) {
  const value = valueAt(before, path);
  if (what !== 'dropped' || !isFigure(value) || Number(value) === 0) return false;
  const at = (figure: number) => home.play(place, JSON.stringify(withNumber(before, path, value, figure)));
  const [usual, zero] = [await at(Number(value)), await at(0)];
  const measured = Object.entries(push?.siteMeters ?? {}).filter(
    ([field]) => !report.derived?.some((name) => name === field),
  );
  return measured.some(([field, figure]) => {
    const [asUsual, atZero] = [usual, zero].map((each) => each.push?.siteMeters?.[field]);
    return atZero !== undefined && asUsual !== undefined && asUsual !== atZero && figure === atZero;
  });
}

const withNumber = (tree: unknown, path: Path, value: unknown, figure: number): unknown =>
  withValue(tree, path, typeof value === 'string' ? String(figure) : figure);
