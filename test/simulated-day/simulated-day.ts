/**
 * A whole day of a home with two inverters in two portals, minute by minute on a fake clock, against local servers that
 * play FoxESS (a hybrid with grid meter and battery, renewed every five minutes, local time with a change to summer
 * time), Victron VRM (a second roof, each minute) and Charge HQ. Both clouds show the same simulated home.
 *
 * `npm run simulate` prints what came of it.
 */
import { createHash } from 'node:crypto';
import { foxess } from '../../functions/push-solar-data/adapters/foxess.ts';
import { simulatedHome } from '../../functions/push-solar-data/adapters/simulator.ts';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import type { Outcome } from '../../functions/push-solar-data/core/report.ts';
import { ownCommandLine } from '../../functions/push-solar-data/local/command-line.ts';
import { sayOn } from '../../functions/push-solar-data/local/layout.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { type Answer, type MockServer, type Push, playChargeHq, playConversation } from '../support/conversation.ts';
import { openHome, settingTexts } from '../support/home.ts';
import { openWatchedBroker } from './watched-broker.ts';

/** From noon to noon, so that midnight and the change to summer time (01:00 UTC) lie within. */
const dayBegins = Date.parse('2026-03-28T12:00:00Z');
const minutes = 24 * 60;

/** First minute and length, from the beginning of the day. */
export const outages = {
  /** At 09:00 the next morning. */
  foxess: { from: 21 * 60, minutes: 20 },
  /** FoxESS refuses the key, at 17:00: it is asked once, and then left alone for half an hour. */
  key: { from: 5 * 60, minutes: 20 },
  /** The GX device loses its network, at 11:00: VRM repeats its last record. */
  gateway: { from: 23 * 60, minutes: 25 },
  chargeHq: { from: 3 * 60, minutes: 5 },
};

/** Parts that are missing of an answer, at random but the same in each run: a figure, or all of the battery's. */
const parts = ['solar of the hybrid', 'battery of the hybrid', 'grid of the hybrid', 'solar of the roof'] as const;
export type VanishedPart = (typeof parts)[number];

/** About one answer in eight lacks something, once everything has been given. */
function vanishedAt(at: number, among: readonly VanishedPart[]): VanishedPart | undefined {
  const minute = Math.floor((at - dayBegins) / 60_000);
  if (minute < 30) return undefined;
  const digit = createHash('md5').update(`${minute}`).digest().readUInt16LE(0);
  return digit % 8 === 0 ? among[digit % among.length] : undefined;
}

const isOut = ({ from, minutes: length }: { from: number; minutes: number }, at: number): boolean => {
  const minute = (at - dayBegins) / 60_000;
  return minute >= from && minute < from + length;
};

/** Share of the sun on the hybrid's roof; the rest is on Victron's. */
const hybridShare = 0.6;

const truths = new Map<number, ReturnType<typeof simulatedHome>>();
function truthAt(at: number) {
  const minute = Math.floor(at / 60_000) * 60_000;
  const truth = truths.get(minute) ?? simulatedHome(minute, { seed: 7, peakKw: 9, batteryKwh: 10 });
  truths.set(minute, truth);
  return truth;
}

/** What each cloud knows at a moment: the hybrid as of the last five minutes, the second roof as of its last record. */
const hybridSampleAt = (at: number): number => Math.floor(at / 300_000) * 300_000;
const recordAt = (at: number): number => {
  const minute = Math.floor(at / 60_000) * 60_000;
  return isOut(outages.gateway, at) ? dayBegins + outages.gateway.from * 60_000 : minute;
};

export type Figures = Record<string, number>;

/** What a right push at this moment says, from the truth and the moments of measurement alone. */
function expectedAt(at: number, foxessReadAt: number): Figures {
  const hybrid = truthAt(hybridSampleAt(foxessReadAt));
  const second = truthAt(recordAt(at));
  const production_kw = (hybrid.production_kw ?? 0) * hybridShare + (second.production_kw ?? 0) * (1 - hybridShare);
  const { net_import_kw = 0, battery_discharge_kw = 0 } = hybrid;
  const consumption_kw = production_kw + net_import_kw + battery_discharge_kw;
  return { production_kw, net_import_kw, battery_discharge_kw, consumption_kw };
}

export type Day = {
  outcomes: Record<Outcome, number>;
  /** Longest time without figures, s. */
  largestGapSeconds: number;
  /** Shortest time between two pushes, s. */
  shortestGapSeconds: number;
  /** Largest miss of any pushed power against the truth at the moments of measurement, kW. */
  worstError_kw: number;
  figuresDuringFoxessOutage: number;
  /** Pushes while a part was missing of an answer that still counted. */
  withLackingPart: number;
  /** Figures that were pushed although they cannot be known without a missing part. */
  untrue: number;
  callsWithRefusedKey: number;
  /** Age of the oldest measurement that was pushed, s. */
  oldestSeconds: number;
  foxess: { calls: number; shortestSeconds: number };
  victron: { calls: number; shortestSeconds: number };
  /** Writes that a store with counted writes has seen. */
  writes: number;
  importedEverFell: boolean;
  /** Ticks that ended without their one message having reached the broker, where there is one. */
  lostAtBroker: number;
  /** How often Charge HQ was tried. */
  chargeHqTries: number;
};

/**
 * @param coldStartEvery minutes after which the function is started anew; 0 for never.
 * @param goneFrom minute from which on there is no Charge HQ any more; a home that knows so tells a broker too.
 * @param vanishing whether parts of the answers are missing at random.
 */
export async function runDay({ coldStartEvery = 0, vanishing = false, goneFrom = minutes } = {}): Promise<Day> {
  let now = dayBegins;
  const vanished = { hybrid: undefined as VanishedPart | undefined, roof: undefined as VanishedPart | undefined };
  const hybridParts = parts.slice(0, 3);
  const [hybrid, second] = [
    await playFoxess(
      () => now,
      () => {
        vanished.hybrid = vanishing ? vanishedAt(now, hybridParts) : undefined;
        return vanished.hybrid;
      },
    ),
    await playVictron(
      () => now,
      () => {
        // Where it gives next to nothing, it may as well be asleep.
        const isBright = (truthAt(recordAt(now)).production_kw ?? 0) * (1 - hybridShare) > 0.4;
        vanished.roof = vanishing && isBright ? vanishedAt(now, parts.slice(3)) : undefined;
        return vanished.roof;
      },
    ),
  ];
  const chargeHq = await playChargeHq(() => answerOfChargeHq(now, goneFrom));
  const broker = goneFrom < minutes ? await openWatchedBroker() : undefined;
  const store = memoryStore({ writesAreCounted: true });
  const home = openHome({
    adapters: [foxess, victronVrm],
    now,
    store,
    texts: {
      VENDOR: 'house:foxess,garage:victron-vrm',
      CHARGE_HQ_URL: `${chargeHq.url}/push`,
      ...broker?.texts,
      ...settingTexts('house', { baseUrl: hybrid.url, apiKey: 'foxess-key-of-a-test', deviceSns: 'SIM1' }),
      ...settingTexts('garage', {
        baseUrl: second.url,
        accessToken: 'vrm-key-of-a-test',
        idSite: '1',
        take: 'production',
      }),
    },
  });
  const outcomes: Day['outcomes'] = { pushed: 0, reported: 0, idle: 0, failed: 0 };
  const triedAt: number[] = [];
  const pushed: JudgedPush[] = [];
  try {
    for (let minute = 0; minute < minutes; minute++) {
      if (coldStartEvery > 0 && minute % coldStartEvery === coldStartEvery - 1) home.coldStart();
      now = home.clock.at;
      const before = chargeHq.pushes.length;
      const { outcome, figures } = await home.tick();
      broker?.look(figures);
      const push: Push | undefined = chargeHq.pushes[before];
      outcomes[outcome] += 1;
      if (push) triedAt.push(now);
      if (outcome === 'pushed')
        pushed.push(judged(push, now, vanished, { readAt: hybrid.answeredAt.at(-1), askedAt: hybrid.askedAt.at(-1) }));
      home.clock.advance(60);
    }
  } finally {
    await home.close();
    for (const stage of [hybrid, second, chargeHq]) await stage.close();
    await broker?.close();
  }
  return {
    outcomes,
    lostAtBroker: broker?.lost() ?? 0,
    chargeHqTries: chargeHq.pushes.length,
    largestGapSeconds: Math.max(...gaps(pushed.map(({ at }) => at))),
    shortestGapSeconds: Math.min(...gaps(triedAt)),
    withLackingPart: pushed.filter(({ isPart }) => isPart).length,
    untrue: pushed.reduce((sum, { untrue }) => sum + untrue, 0),
    worstError_kw: Math.max(...pushed.map(({ miss }) => miss)),
    figuresDuringFoxessOutage: pushed.filter(({ duringOutage }) => duringOutage).length,
    callsWithRefusedKey: calm(hybrid.askedAt).filter((at) => isOut(outages.key, at)).length,
    oldestSeconds: Math.max(...pushed.map(({ ageSeconds }) => ageSeconds)),
    foxess: { calls: hybrid.askedAt.length, shortestSeconds: Math.min(...gaps(calm(hybrid.askedAt))) },
    victron: { calls: second.received.length, shortestSeconds: Math.min(...gaps(second.askedAt)) },
    writes: store.writes,
    importedEverFell: gaps(pushed.map(({ figures }) => figures['imported_kwh'] ?? Number.NaN)).some(
      (rise) => !(rise >= 0),
    ),
  };
}

function answerOfChargeHq(at: number, goneFrom: number): Answer {
  if (at >= dayBegins + goneFrom * 60_000) return { status: 404 };
  return isOut(outages.chargeHq, at) ? { status: 503 } : { json: {} };
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000);

/** Without the second try within a tick, which follows at once. */
const calm = (times: readonly number[]): number[] => times.filter((time, index) => time !== times[index - 1]);

type JudgedPush = {
  at: number;
  figures: Figures;
  miss: number;
  duringOutage: boolean;
  ageSeconds: number;
  /** Whether something was missing when it was pushed. */
  isPart: boolean;
  /** How many of its powers cannot be known without what was missing. */
  untrue: number;
};

function judged(
  push: Push | undefined,
  at: number,
  vanished: Record<string, VanishedPart | undefined>,
  { readAt = at, askedAt = 0 }: { readAt: number | undefined; askedAt: number | undefined },
): JudgedPush {
  const figures = push?.siteMeters ?? {};
  const expected = withoutVanished(expectedAt(at, readAt), vanished);
  return {
    at,
    figures,
    miss: missOf(figures, expected),
    duringOutage: isOut(outages.foxess, askedAt),
    ageSeconds: (at - (push?.tsms ?? at)) / 1000,
    isPart: Object.values(vanished).some((part) => part !== undefined),
    untrue: Object.keys(figures).filter((field) => field.endsWith('_kw') && !(field in expected)).length,
  };
}

const powerOfPart: Record<VanishedPart, string> = {
  'solar of the hybrid': 'production_kw',
  'solar of the roof': 'production_kw',
  'battery of the hybrid': 'battery_discharge_kw',
  'grid of the hybrid': 'net_import_kw',
};

/** What can be told while parts are missing: nothing that they belong to, and no consumption without all of them. */
function withoutVanished(expected: Figures, vanished: Record<string, VanishedPart | undefined>): Figures {
  const missing = Object.values(vanished).filter((part) => part !== undefined);
  if (missing.length === 0) return expected;
  const { consumption_kw: _unknown, ...left } = expected;
  for (const part of missing) delete left[powerOfPart[part]];
  return left;
}

function missOf(pushed: Figures, expected: Figures): number {
  return Math.max(...Object.entries(expected).map(([field, value]) => Math.abs((pushed[field] ?? Number.NaN) - value)));
}

type Cloud = MockServer & { askedAt: number[]; answeredAt: number[] };

async function playFoxess(clock: () => number, missing: () => VanishedPart | undefined): Promise<Cloud> {
  const askedAt: number[] = [];
  const answeredAt: number[] = [];
  const answer = (): Answer => {
    askedAt.push(clock());
    if (isOut(outages.foxess, clock())) return { status: 503, text: '<html>maintenance</html>' };
    if (isOut(outages.key, clock())) return { json: { errno: 41809, msg: 'invalid token' } };
    answeredAt.push(clock());
    return { json: { errno: 0, msg: 'success', result: [hybridRow(hybridSampleAt(clock()), missing())] } };
  };
  const stage = await playConversation([{ method: 'POST', path: '/op/v1/device/real/query', answer }]);
  return { ...stage, askedAt, answeredAt };
}

const variablesOf: Partial<Record<VanishedPart, readonly string[]>> = {
  'solar of the hybrid': ['pvPower'],
  'battery of the hybrid': ['batChargePower', 'batDischargePower', 'SoC'],
  'grid of the hybrid': ['feedinPower', 'gridConsumptionPower'],
};

function hybridRow(at: number, missing: VanishedPart | undefined) {
  const { production_kw = 0, net_import_kw = 0, battery_discharge_kw = 0, battery_soc = 0 } = truthAt(at);
  const values = {
    pvPower: production_kw * hybridShare,
    feedinPower: Math.max(0, -net_import_kw),
    gridConsumptionPower: Math.max(0, net_import_kw),
    batChargePower: Math.max(0, -battery_discharge_kw),
    batDischargePower: Math.max(0, battery_discharge_kw),
    // what this inverter takes for the home's load does not see the other roof
    loadsPower: production_kw * hybridShare + net_import_kw + battery_discharge_kw,
    SoC: battery_soc * 100,
    gridConsumption: 1700 + (at - dayBegins) / 86_400_000,
    feedin: 3700,
    todayYield: ((at % 86_400_000) / 86_400_000) * 30,
  };
  return {
    deviceSN: 'SIM1',
    time: londonTime(at),
    datas: Object.entries(values)
      .filter(([variable]) => !(missing && variablesOf[missing]?.includes(variable)))
      .map(([variable, value]) => ({ variable, value, unit: 'kW', name: variable })),
  };
}

/** As FoxESS writes it: local clock, name of the zone, offset. */
function londonTime(at: number): string {
  const summer = at >= Date.parse('2026-03-29T01:00:00Z');
  const [date, time] = new Date(at + (summer ? 3_600_000 : 0)).toISOString().slice(0, 19).split('T');
  return `${date} ${time} ${summer ? 'BST+0100' : 'GMT+0000'}`;
}

async function playVictron(clock: () => number, missing: () => VanishedPart | undefined): Promise<Cloud> {
  const askedAt: number[] = [];
  const answer = (): Answer => {
    const at = clock();
    askedAt.push(at);
    const roofWatts = (truthAt(recordAt(at)).production_kw ?? 0) * (1 - hybridShare) * 1000;
    const site = {
      idSite: 1,
      last_timestamp: recordAt(at) / 1000,
      extended: [
        ...(missing() ? [] : [{ code: 'solar_yield', rawValue: roofWatts }]),
        { code: 'consumption', rawValue: 100, dataAttributes: [{ code: 'a1' }] },
      ],
    };
    return { json: { records: [site] } };
  };
  const stage = await playConversation([
    { path: '/v2/users/me', answer: { json: { user: { id: 5 } } } },
    { path: '/v2/users/5/installations', answer },
  ]);
  return { ...stage, askedAt, answeredAt: askedAt };
}

if (import.meta.main) {
  ownCommandLine('simulate');
  const day = await runDay();
  const say = sayOn(process.stdout);
  say(
    `Ticks: ${Object.entries(day.outcomes)
      .map(([outcome, count]) => `${count} ${outcome}`)
      .join(', ')}`,
  );
  say(`Largest gap between figures: ${day.largestGapSeconds / 60} min`);
  say(`Worst error against the simulated truth: ${(day.worstError_kw * 1000).toFixed(1)} W`);
  say(
    `Calls: FoxESS ${day.foxess.calls}, Victron ${day.victron.calls}; shortest time between pushes ${day.shortestGapSeconds} s`,
  );
  say(`Writes of state: ${day.writes} (${day.writes * 31} a month)`);
}
