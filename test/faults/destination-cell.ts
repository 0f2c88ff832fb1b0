/** One cell of the matrix with a destination as the one that fails: the home is read well, the message does not arrive. */
import type { DestinationReport, TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { unfit } from '../support/fit-to-tell.ts';
import { openHome } from '../support/home.ts';
import { adapterOf } from '../support/sources.ts';
import { trusted } from './addresses.ts';
import type { Cell } from './cell.ts';
import { longestBlockMs, observe } from './observation.ts';
import type { DestinationFault, FailingServer, TestedDestination } from './tested-destination.ts';

const now = Date.parse('2026-05-01T12:00:00Z');
const budget = { tickMs: 2_500, readMs: 2_000 };
const slackMs = 700;
const mostMegabytes = 60;
const tickSeconds = 60;
/** So rarely that the reading which did not arrive is not replaced at the next tick. */
const pollSeconds = 600;
/** However long a destination asks to be left alone, s. */
const longestWait = 900;
/** How long it is left alone at most without having asked for it, s; the others not at all. */
type Kind = DestinationReport['kind'];
const usualWaits: Partial<Record<NonNullable<Kind>, number>> = {
  auth: 1800,
  'rate-limited': longestWait,
  settings: longestWait,
};

export async function playDestination(destination: TestedDestination, fault: DestinationFault): Promise<Cell> {
  const server = await fault.open(now);
  const tested = openTested(destination, server);
  const { report, ...seen } = await struck(tested, fault);
  const { outcome, kind } = report.destinations[0] ?? {};
  const wrong = [...seen.wrong];
  const wasAt = server.url();
  try {
    server.mend();
    const isMoved = server.url() !== wasAt;
    if (outcome !== 'pushed') wrong.push(...(await toldAgain(tested, kind, isMoved ? undefined : fault)));
    else wrong.push(...(await toldOnce(tested)));
    wrong.push(...server.misconduct());
    return { ...seen, sign: wrong.length > 0 ? '✗' : outcome === 'pushed' ? '=' : '✓', wrong };
  } finally {
    await tested.close();
  }
}

type Tested = ReturnType<typeof openTested>;

/** A home that gives another production at each read. */
function openTested({ settings, secrets }: TestedDestination, server: FailingServer) {
  let reads = 0;
  const source = adapterOf({
    pollSeconds,
    read: async () => {
      reads += 1;
      return { production_kw: 1 + reads / 10, net_import_kw: -1.5 };
    },
  });
  const store = memoryStore();
  const connections = { ca: trusted, connectTimeoutMs: 2_000 };
  const home = openHome({ adapters: [source], texts: {}, now, store, budget, connections });
  return {
    server,
    clock: home.clock,
    /** Of the last read, kW. */
    production: () => 1 + reads / 10,
    tick: (): Promise<TickReport> =>
      home.tick({
        VENDOR: source.vendor,
        CHARGE_HQ_API_KEY: undefined,
        ...Object.fromEntries(
          Object.entries(settings).map(([name, text]) => [name, text?.replaceAll('{server}', server.url())]),
        ),
      }),
    /** What was logged or stored and should not be. */
    unfit: (report: TickReport) =>
      unfit({ report, pushes: [], documents: store.documents, secrets: [...secrets, ...server.secrets()] }),
    async close() {
      await home.close();
      await server.close();
    },
  };
}

/** The tick under the fault, and what is wrong with it. */
async function struck(tested: Tested, { ends, alone, weigh, ...fault }: DestinationFault) {
  const { result: report, ms, megabytes, blockedMs, stray } = await observe(tested.tick, weigh);
  const wrong = [...tested.unfit(report), ...wrongEnd(report, ends)];
  if (tested.server.messages.length > 1) wrong.push(`${tested.server.messages.length} messages were sent`);
  if (ms > budget.tickMs + slackMs) wrong.push(`took ${ms} ms of ${budget.tickMs}`);
  if (alone && !weigh && blockedMs > longestBlockMs) wrong.push(`blocked the process for ${blockedMs} ms`);
  if (megabytes > (fault.mostMegabytes ?? mostMegabytes)) wrong.push(`took ${Math.round(megabytes)} MB`);
  if (stray.length > 0) wrong.push(`unhandled rejection: ${stray[0]}`);
  return { report, ms, megabytes, wrong, ...(alone ? { blockedMs } : {}) };
}

function wrongEnd(report: TickReport, ends: DestinationFault['ends']): string[] {
  const wrong: string[] = [];
  const [row] = report.destinations;
  const ended = row?.outcome === 'pushed' ? 'told' : (row?.kind ?? row?.outcome ?? 'nobody');
  if (ends ? !ends.some((each) => each === ended) : ended === 'bug' || ended === 'idle')
    wrong.push(`ended as ${ended}, not ${ends?.join(' or ')}: ${row?.error} ${row?.stack ?? ''}`);
  if (report.outcome !== row?.outcome) wrong.push(`the tick ended as ${report.outcome}`);
  if (row?.outcome === 'failed' && !row.error) wrong.push('does not say why');
  return wrong;
}

/** The destination is well again: it is told the newest reading at the first tick at which it may be. */
async function toldAgain(
  { tick, clock, server, production, unfit }: Tested,
  kind: Kind,
  fault: DestinationFault | undefined,
): Promise<string[]> {
  const [least, most] = waitOf(kind, fault);
  const before = server.messages.length;
  const wrong: string[] = [];
  for (let waited = tickSeconds; ; waited += tickSeconds) {
    clock.advance(tickSeconds);
    const report = await tick();
    wrong.push(...unfit(report));
    const outcome = report.destinations[0]?.outcome;
    if (outcome === 'idle' && waited < most) continue;
    if (outcome !== 'pushed') return [...wrong, `ended as ${outcome} ${waited} s later: ${JSON.stringify(report)}`];
    if (waited < least) wrong.push(`was told after ${waited} s, and had asked for ${least}`);
    const told = server.messages.slice(before);
    if (told.length !== 1 || told[0] !== production())
      wrong.push(`was then told ${told.join(', ')} instead of ${production()} kW`);
    return wrong;
  }
}

/** How long it must at least and may at most be left alone, s; of one that has moved, until there is something new. */
function waitOf(kind: Kind, fault: DestinationFault | undefined): [number, number] {
  if (!fault) return [0, pollSeconds];
  const asked = Math.min(fault.asksSeconds ?? 0, longestWait);
  const usual = (kind && usualWaits[kind]) ?? 0;
  return [asked, fault.asksSeconds === undefined || kind === 'auth' ? usual : asked];
}

/** What was taken is not told again; what is read next is. */
async function toldOnce({ tick, clock, server, production, unfit }: Tested): Promise<string[]> {
  const wrong: string[] = [];
  for (let waited = tickSeconds; waited <= pollSeconds; waited += tickSeconds) {
    clock.advance(tickSeconds);
    wrong.push(...unfit(await tick()));
  }
  const expected = [1.1, production()].join();
  if (server.messages.join() !== expected || production() === 1.1)
    wrong.push(`was told ${server.messages.join()} instead of ${expected} kW`);
  return wrong;
}
