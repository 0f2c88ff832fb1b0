/** Three makers' clouds in bad weather: they note each request, and what the bridge may know after the last good answer. */
import {
  type Answer,
  type Exchange,
  type MockServer,
  playConversation,
  type ReceivedRequest,
} from '../support/conversation.ts';
import { type Random, type Trouble, troubles, weatherOf } from './trouble.ts';

/** What a request was for, and how it was answered; `expired` and `refused` are the vendor's own words. */
export type Asked = { at: number; what: string; how: 'well' | 'expired' | Trouble };

export type Cloud = MockServer & {
  asked: Asked[];
  /** Production (and grid, and battery) of the last good answer, kW. */
  shown: Record<string, number>;
  /** The vendor forgets all log-ins. */
  endSessions(): void;
};

type Play = (
  received: ReceivedRequest,
  at: number,
) => { what: string; answer: () => Answer; shows?: Record<string, number> };

/** Different each minute, so that an old figure is known by its value; kW. */
const figureAt = (at: number, base: number): number => base + (Math.floor(at / 60_000) % 997) / 1000;

async function playCloud(
  random: Random,
  clock: () => number,
  phases: readonly [Trouble, ...Trouble[]],
  paths: readonly [method: string, path: string][],
  play: Play,
): Promise<Cloud> {
  const asked: Asked[] = [];
  const weather = weatherOf(random, phases);
  const cloud = { asked, shown: {}, endSessions: () => {} };
  const answer = (received: ReceivedRequest): Answer => {
    const at = clock();
    const { what, answer: good, shows } = play(received, at);
    const trouble = weather.now(at);
    const given = trouble ? troubles[trouble] : good();
    asked.push({ at, what, how: trouble ?? (isExpired(given) ? 'expired' : 'well') });
    if (asked.at(-1)?.how === 'well' && shows) Object.assign(cloud, { shown: shows });
    return given;
  };
  const exchanges: Exchange[] = paths.map(([method, path]) => ({ method, path, answer }));
  return Object.assign(cloud, await playConversation(exchanges));
}

const expired = { json: { failCode: 305, success: false, data: null } };
const isExpired = (answer: Answer): boolean => answer === expired;

/** Production alone, with the record of this minute. */
export function playVictron(random: Random, clock: () => number): Promise<Cloud> {
  const paths = [
    ['GET', '/v2/users/me'],
    ['GET', '/v2/users/5/installations'],
  ] as const;
  return playCloud(
    random,
    clock,
    ['serverError', 'refused', 'tooMany', 'wait', 'webPage'],
    [...paths.map(copy)],
    ({ path }, at) => {
      if (path.endsWith('/me')) return { what: 'me', answer: () => ({ json: { user: { id: 5 } } }) };
      const production_kw = figureAt(at, 1);
      const extended = [
        { code: 'solar_yield', rawValue: Math.round(production_kw * 1000) },
        { code: 'consumption', rawValue: 100, dataAttributes: [{ code: 'a1' }] },
      ];
      const records = [{ idSite: 1, last_timestamp: Math.floor(at / 60_000) * 60, extended }];
      return { what: 'installations', answer: () => ({ json: { records } }), shows: { production_kw } };
    },
  );
}

const copy = ([method, path]: readonly [string, string]): [string, string] => [method, path];

/** A hybrid with grid meter and battery, renewed every five minutes. */
export function playFoxess(random: Random, clock: () => number): Promise<Cloud> {
  return playCloud(
    random,
    clock,
    ['serverError', 'refused', 'tooMany', 'wait', 'webPage'],
    [['POST', '/op/v1/device/real/query']],
    (_, at) => {
      const sampledAt = Math.floor(at / 300_000) * 300_000;
      const [production_kw, gridConsumption, batCharge] = [2, 0.5, 0.25].map((base) => figureAt(sampledAt, base));
      const values = {
        pvPower: production_kw,
        feedinPower: 0,
        gridConsumptionPower: gridConsumption,
        batChargePower: batCharge,
        batDischargePower: 0,
        SoC: 50,
      };
      const row = {
        deviceSN: 'SOAK1',
        time: `${new Date(sampledAt).toISOString().slice(0, 19).replace('T', ' ')} GMT+0000`,
        datas: Object.entries(values).map(([variable, value]) => ({ variable, value, unit: 'kW', name: variable })),
      };
      return {
        what: 'query',
        answer: () => ({ json: { errno: 0, msg: 'success', result: [row] } }),
        shows: {
          production_kw: production_kw ?? Number.NaN,
          net_import_kw: gridConsumption ?? Number.NaN,
          battery_discharge_kw: -(batCharge ?? Number.NaN),
        },
      };
    },
  );
}

const sessionMs = 30 * 60_000;

/** An inverter behind a log-in whose token ends after half an hour, and now and then before. */
export async function playFusionsolar(random: Random, clock: () => number): Promise<Cloud> {
  let session: { token: string; until: number } | undefined;
  let count = 0;
  const logIn = (at: number): Answer => {
    count += 1;
    session = { token: `soak-session-${count}`, until: at + sessionMs };
    return { headers: { 'xsrf-token': session.token }, json: { failCode: 0, success: true } };
  };
  const paths = ['login', 'stations', 'getDevList', 'getDevRealKpi'].map((name): [string, string] => [
    'POST',
    `/thirdData/${name}`,
  ]);
  const phases = ['serverError', 'refused', 'tooMany', 'wait', 'webPage'] as const;
  const cloud = await playCloud(random, clock, phases, paths, ({ path, headers }, at) => {
    const what = path.slice('/thirdData/'.length);
    if (what === 'login') return { what, answer: () => logIn(at) };
    if (headers['xsrf-token'] !== session?.token || at >= (session?.until ?? 0)) return { what, answer: () => expired };
    if (what !== 'getDevRealKpi')
      return { what, answer: () => ({ json: { failCode: 0, success: true, data: lists[what] } }) };
    const production_kw = figureAt(at, 3);
    const dataItemMap = { active_power: production_kw, run_state: 1, mppt_power: production_kw };
    return {
      what,
      answer: () => ({ json: { failCode: 0, success: true, data: [{ devId: 9, dataItemMap }] } }),
      shows: { production_kw },
    };
  });
  return Object.assign(cloud, {
    endSessions() {
      session = undefined;
    },
  });
}

const lists: Record<string, unknown> = {
  stations: { list: [{ plantCode: 'NE=1', plantName: 'Soak' }], pageCount: 1 },
  getDevList: [{ id: 9, devTypeId: 1 }],
};
