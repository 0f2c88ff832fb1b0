/** The makers' clouds of a soak: Victron VRM, FoxESS and FusionSolar. Sigenergy's has a file of its own. */
import type { Answer } from '../support/conversation.ts';
import { type Cloud, figureAt, type Play, playCloud, type World } from './cloud.ts';
import type { Random } from './trouble.ts';

/** Production alone, with the record of this minute. */
export function playVictron(random: Random, world: World): Promise<Cloud> {
  const paths = [
    ['GET', '/v2/users/me'],
    ['GET', '/v2/users/5/installations'],
  ] as const;
  return playCloud(
    random,
    world,
    'victron',
    paths,
    ({ path }, at) => {
      if (path.endsWith('/me')) return { what: 'me', answer: () => ({ json: { user: { id: 5 } } }) };
      const production_kw = figureAt(at, 1);
      const records = (gone: string | undefined) => [
        {
          idSite: 1,
          last_timestamp: Math.floor(at / 60_000) * 60,
          extended: [
            { code: 'solar_yield', rawValue: gone === undefined ? Math.round(production_kw * 1000) : null },
            { code: 'consumption', rawValue: 100, dataAttributes: [{ code: 'a1' }] },
          ],
        },
      ];
      return {
        what: 'installations',
        answer: (gone) => ({ json: { records: records(gone) } }),
        shows: { production_kw },
      };
    },
    { secondsAfterTooMany: 60 },
  );
}

/** How many pages or entries a list says that it has, where it never ends. */
const endless = 1_000_000_000;
/** How often a list of devices or plants never ends. */
const endlessShare = 0.2;

/** How long the first page says that a list is; whoever asks for a second page is told the same again. */
const lengthOf = (random: Random, world: World, page: number): number =>
  page > 1 || (!world.calm() && random.happens(endlessShare)) ? endless : 1;

const foxessVariables: Record<string, readonly string[]> = {
  production_kw: ['pvPower'],
  net_import_kw: ['feedinPower', 'gridConsumptionPower'],
  battery_discharge_kw: ['batChargePower', 'batDischargePower'],
};

/** A hybrid with grid meter and battery, renewed every five minutes. */
export function playFoxess(random: Random, world: World): Promise<Cloud> {
  const paths = [
    ['POST', '/op/v0/device/list'],
    ['POST', '/op/v1/device/real/query'],
  ] as const;
  const success = (result: unknown): Answer => ({ json: { errno: 0, msg: 'success', result } });
  const list = (page: number): Answer => {
    const deviceSN = page > 1 ? `ANOTHER${page}` : 'SOAK1';
    return success({ total: lengthOf(random, world, page), data: [{ deviceSN, hasBattery: true }] });
  };
  const row = (sampledAt: number, values: Record<string, number>, gone: string | undefined) => ({
    deviceSN: 'SOAK1',
    time: `${new Date(sampledAt).toISOString().slice(0, 19).replace('T', ' ')} GMT+0000`,
    datas: Object.entries(values)
      .filter(([variable]) => !foxessVariables[gone ?? '']?.includes(variable))
      .map(([variable, value]) => ({ variable, value, unit: 'kW', name: variable })),
  });
  return playCloud(random, world, 'foxess', paths, ({ path, body }, at) => {
    if (path.endsWith('/list')) {
      const { currentPage } = body as { currentPage: number };
      return { what: currentPage > 1 ? 'page' : 'list', answer: () => list(currentPage) };
    }
    const sampledAt = Math.floor(at / 300_000) * 300_000;
    const [pvPower, gridConsumptionPower] = [figureAt(sampledAt, 2), figureAt(sampledAt, 0.5)];
    const batChargePower = figureAt(sampledAt, 0.25);
    const flowing = { pvPower, gridConsumptionPower, batChargePower };
    const values = { ...flowing, feedinPower: 0, batDischargePower: 0, SoC: 50 };
    return {
      what: 'query',
      answer: (gone) => success([row(sampledAt, values, gone)]),
      shows: {
        production_kw: pvPower,
        net_import_kw: gridConsumptionPower,
        battery_discharge_kw: -batChargePower,
      },
    };
  });
}

/** FusionSolar's word for a session that has ended. */
const expired: Answer = { json: { failCode: 305, success: false, data: null } };
const sessionMs = 30 * 60_000;

/** An inverter behind a log-in whose token ends after half an hour, and now and then before. */
export async function playFusionsolar(random: Random, world: World): Promise<Cloud> {
  let session: { token: string; until: number } | undefined;
  let count = 0;
  const logIn = (at: number): Answer => {
    count += 1;
    session = { token: `soak-session-${count}`, until: at + sessionMs };
    return { headers: { 'xsrf-token': session.token }, json: { failCode: 0, success: true } };
  };
  const isLoggedIn = (token: unknown, at: number) => session?.token === token && at < (session?.until ?? 0);
  const done = (data: unknown): Answer => ({ json: { failCode: 0, success: true, data } });
  const plants = (page: number): Answer =>
    done({ list: [{ plantCode: `NE=${page}`, plantName: 'Soak' }], pageCount: lengthOf(random, world, page) });
  const live = (at: number): ReturnType<Play> => {
    const production_kw = figureAt(at, 3);
    const map = (figure: unknown) => ({ active_power: figure, run_state: 1, mppt_power: figure });
    return {
      what: 'getDevRealKpi',
      answer: (gone) => done([{ devId: 9, dataItemMap: map(gone === undefined ? production_kw : 'N/A') }]),
      shows: { production_kw },
    };
  };
  const names = ['login', 'stations', 'getDevList', 'getDevRealKpi'];
  const paths = names.map((name) => ['POST', `/thirdData/${name}`] as const);
  const cloud = await playCloud(random, world, 'fusionsolar', paths, ({ path, headers, body }, at) => {
    const what = path.slice('/thirdData/'.length);
    if (what === 'login') return { what, answer: () => logIn(at) };
    if (!isLoggedIn(headers['xsrf-token'], at)) return { what, answer: () => expired, isEnded: true };
    if (what === 'getDevRealKpi') return live(at);
    if (what === 'getDevList') return { what, answer: () => done([{ id: 9, devTypeId: 1 }]) };
    const { pageNo } = body as { pageNo: number };
    return { what: pageNo > 1 ? 'page' : what, answer: () => plants(pageNo) };
  });
  return Object.assign(cloud, {
    secrets: () => (session ? [session.token] : []),
    endSessions() {
      session = undefined;
    },
  });
}
