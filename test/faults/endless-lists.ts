/** Lists of plants and devices that never end: each page says that there are a thousand million more. */
import type { NamedConversation } from '../conversations/all.ts';
import type { Exchange } from '../support/conversation.ts';
import type { Cell } from './cell.ts';
import { longestBlockMs, observe } from './observation.ts';
import { openTestedHome } from './tested-home.ts';

type List = Pick<Exchange, 'method' | 'path'> & {
  /** The setting that makes the list needless. */
  without?: string;
  /** An answer with these entries. */
  page(entries: readonly number[]): unknown;
};

const endless = 1_000_000_000;
const stations = (path: string, success: object): List => ({
  ...{ method: 'POST', path, without: 'stationId' },
  page: (ids) => ({ ...success, total: endless, stationList: ids.map((id) => ({ id, name: `Plant ${id}` })) }),
});
/** By vendor: every list that is read page by page. */
const lists: Readonly<Record<string, List>> = {
  deyecloud: stations('/v1.0/station/list', { success: true, code: '1000000', msg: 'success' }),
  solarman: stations('/station/v1.0/list', { success: true, code: null, msg: null }),
  enphase: {
    path: '/api/v4/systems',
    without: 'systemId',
    page: (ids) => ({ total: endless, systems: ids.map((system_id) => ({ system_id, name: 'Home' })) }),
  },
  foxess: {
    method: 'POST',
    path: '/op/v0/device/list',
    page: (ids) => ({ errno: 0, result: { total: endless, data: ids.map((id) => ({ deviceSN: `SN${id}` })) } }),
  },
  fusionsolar: {
    method: 'POST',
    path: '/thirdData/stations',
    without: 'stationCode',
    page: (ids) => ({
      ...{ success: true, failCode: 0 },
      data: { pageCount: endless, list: ids.map((id) => ({ plantCode: `NE=${id}`, plantName: 'Home' })) },
    }),
  },
  isolarcloud: {
    ...{ method: 'POST', path: '/openapi/getPowerStationList' },
    page: (ids) => ({
      ...{ result_code: '1', result_msg: 'success' },
      result_data: { rowCount: endless, pageList: ids.map((ps_id) => ({ ps_id, ps_current_time_zone: 'GMT+10' })) },
    }),
  },
  redback: {
    path: '/Api/v2/EnergyData/With/Nodes',
    without: 'siteId',
    page: (ids) => ({ PageCount: endless, Data: ids.map((id) => ({ Id: `S${id}`, Type: 'Site' })) }),
  },
  soliscloud: {
    method: 'POST',
    path: '/v1/api/inverterList',
    page: (ids) => ({
      ...{ success: true, code: '0', msg: 'success' },
      data: { page: { records: ids.map((id) => ({ sn: `SN${id}` })), total: endless, pages: endless } },
    }),
  },
  sunsynk: {
    path: '/api/v1/plants',
    without: 'plantId',
    page: (ids) => ({
      ...{ code: 0, success: true },
      data: { total: endless, infos: ids.map((id) => ({ id, name: 'Home' })) },
    }),
  },
};

type Endless = {
  name: string;
  entriesOf(nth: number): number[] /** How many pages are asked at most. */;
  pages: number;
};

export const endlessLists: readonly Endless[] = [
  { name: 'a list without end', entriesOf: (nth) => [nth], pages: 50 },
  { name: 'a list that repeats itself', entriesOf: () => [1], pages: 50 },
  {
    name: 'a list of 10,000 in each page',
    entriesOf: (nth) => Array.from({ length: 10_000 }, (_, index) => nth * 10_000 + index),
    pages: 2,
  },
];

/** No list takes longer, ms. */
const longestMs = 12_000;

export async function playEndlessList(
  { name, adapter, conversation }: NamedConversation,
  { entriesOf, pages }: Endless,
): Promise<Cell> {
  const list = lists[name];
  if (!list) return { sign: '·', wrong: [], ms: 0, megabytes: 0 };
  const { method, path, without, page } = list;
  let asked = 0;
  const listed: Exchange = {
    ...{ path, ...(method ? { method } : {}) },
    answer: () => ({ json: page(entriesOf(asked++)) }),
  };
  const talk = [listed, ...conversation.exchanges.filter((exchange) => exchange.path !== path)];
  const tested = await openTestedHome(
    { name, adapter, conversation: { ...conversation, exchanges: talk } },
    { answer: () => undefined },
    'live call',
    without === undefined ? {} : { [without]: undefined },
  );
  try {
    const { result: report, ms, megabytes, blockedMs } = await observe(() => tested.tick());
    const { pushes } = tested.chargeHq;
    const wrong = tested.unfit(report, pushes);
    if (asked === 0) wrong.push('the list was not asked for');
    if (asked > pages) wrong.push(`asked for ${asked} pages`);
    // One plant that is listed twice is one.
    const isRead = report.outcome === 'pushed' && entriesOf(0)[0] === entriesOf(1)[0];
    if ((report.outcome !== 'reported' && !isRead) || report.kind === 'bug' || pushes.length !== 1)
      wrong.push(`ended as ${report.outcome}, ${report.kind}, with ${pushes.length} messages`);
    if (ms > longestMs) wrong.push(`took ${ms} ms`);
    if (blockedMs > longestBlockMs) wrong.push(`blocked the process for ${blockedMs} ms`);
    return { sign: wrong.length > 0 ? '✗' : '✓', wrong, ms, megabytes, blockedMs };
  } finally {
    await tested.close();
  }
}
