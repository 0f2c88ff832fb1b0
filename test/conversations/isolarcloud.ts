/** iSolarCloud's side of a conversation: a hybrid inverter by the account (V1), a string inverter with a meter by a consent (V2). */
import type { Answer, Exchange, ReceivedRequest } from '../support/conversation.ts';
import type { AdapterConversation } from './adapter-conversation.ts';

export const now = '2026-05-01T02:04:00Z';
export const measuredAt = Date.parse('2026-05-01T02:00:00Z');
/** On the clocks of a plant in GMT+10. */
export const shown = '20260501120000';
/** The same so many minutes later. */
export const shownAfter = (minutes: number): string =>
  new Date(measuredAt + (600 + minutes) * 60_000).toISOString().replace(/\D/g, '').slice(0, 14);

const application = { region: 'au', appKey: 'A0B1C2D3E4F5A0B1C2D3E4F5A0B1C2D3', secretKey: 'secret-of-a-test' };
export const account = { ...application, userAccount: 'owner@test.example', userPassword: 'Sunny-Day-2026' };
export const consented = { ...application, authMode: 'oauth2', refreshToken: 'first-refresh-token' };

export const success = (result_data: unknown): Answer => ({
  json: { req_serial_num: '20260501000000000000000000000000', result_code: '1', result_msg: 'success', result_data },
});
export const refusal = (result_code: unknown, result_msg = 'er_of_a_test'): Answer => ({
  json: { req_serial_num: '20260501000000000000000000000000', result_code, result_msg, result_data: null },
});

const post = (path: string, json: object, headers: Record<string, string>, answer: Exchange['answer']): Exchange => ({
  ...{ method: 'POST', path, answer },
  headers: { 'content-type': 'application/json;charset=UTF-8', 'x-access-key': application.secretKey, ...headers },
  json: { appkey: application.appKey, lang: '_en_US', ...json },
});
const isAnswer = (answer: object): answer is Answer =>
  'json' in answer || 'status' in answer || 'text' in answer || 'act' in answer;
const answered = (answer: object) => (isAnswer(answer) ? answer : success(answer));

export const logIn = (nth = 1, changed: object = {}): Exchange =>
  post(
    '/openapi/login',
    { user_account: account.userAccount, user_password: account.userPassword, login_type: '1' },
    { sys_code: '901' },
    success({ user_id: '815', login_state: '1', token: `815_token-of-a-test-${nth}`, err_times: '0', ...changed }),
  );
export const v1 = (name: string, json: object, answer: object, nth = 1): Exchange =>
  post(`/openapi/${name}`, { token: `815_token-of-a-test-${nth}`, ...json }, { sys_code: '901' }, answered(answer));

export const issued = (nth: number, changed: object = {}) => ({
  ...{ code: 1, access_token: `access-token-${nth}`, refresh_token: `refresh-token-${nth}` },
  ...{ expires_in: 172799, token_type: 'bearer', ...changed },
});
export const refresh = (sent = 'first-refresh-token', answer: Answer = success(issued(1))): Exchange =>
  post('/openapi/apiManage/refreshToken', { refresh_token: sent }, {}, answer);
export const v2 = (name: string, json: object, answer: object, nth = 1): Exchange =>
  post(`/openapi/platform/${name}`, json, { authorization: `Bearer access-token-${nth}` }, answered(answer));

export const plant = (changed: object = {}) => ({
  ...{ ps_id: 4711, ps_name: 'Home', ps_type: 5, ps_status: 1, ps_current_time_zone: 'GMT+10' },
  ...{ curr_power: { unit: 'kW', value: '4.2' }, ...changed },
});
export const list = (entries: object[], rowCount = entries.length) => ({ rowCount, pageList: entries });
/** With a type, a code, and the serial number `SN<code>`. */
export const device = (type: number, code: number, changed: object = {}) => ({
  ...{ uuid: 9000 + code, ps_id: 4711, ps_key: `4711_${type}_${code}_1`, device_type: type, device_code: code },
  ...{ device_name: 'Inverter', device_sn: `SN${code}`, dev_status: '1', dev_fault_status: 4, ...changed },
});
export const dongle = device(22, 247);

export const row = (type: number, code: number, points: object) => ({
  device_point: {
    ps_key: `4711_${type}_${code}_1`,
    device_sn: `SN${code}`,
    device_time: shown,
    ...points,
  },
});
export const rows = (...device_point_list: object[]) => ({ device_point_list, fail_ps_key_list: [] });

// 6.3 kW of sun: 2.5 into the battery, 3 exported, 0.8 used.
export const hybrid = {
  ...{ p13003: '6300.0', p13149: '0', p13121: '3000.0', p13150: '0', p13126: '2500', p13141: '0.55' },
  ...{ p13148: '2210300', p13125: '9120400', p13119: '790.0' },
};
export const siteMeters = {
  production_kw: 6.3,
  net_import_kw: -3,
  consumption_kw: 0.8,
  battery_discharge_kw: -2.5,
  battery_soc: 0.55,
  imported_kwh: 2210.3,
  exported_kwh: 9120.4,
};

export const v1Plants = (...plants: object[]) =>
  v1('getPowerStationList', { curPage: 1, size: 100 }, list(plants.length > 0 ? plants : [plant()]));
export const v1Devices = (...devices: object[]) =>
  v1('getDeviceList', { ps_id: '4711', curPage: 1, size: 100 }, list([...devices, dongle]));
export const v1Live = (type: number, answer: object, nth = 1) =>
  v1('getDeviceRealTimeData', { device_type: String(type) }, answer, nth);
export const v2Plants = v2('queryPowerStationList', { page: 1, size: 100 }, list([plant()]));
export const v2Devices = (...devices: object[]) =>
  v2('getDeviceListByPsId', { ps_id: '4711', page: 1, size: 100 }, list([...devices, dongle]));
export const v2Live = (type: number, answer: object, nth = 1) =>
  v2('getDeviceRealTimeData', { device_type: String(type) }, answer, nth);
export const v2Plant = (points: object, nth = 1) =>
  v2(
    'getPowerStationRealTimeData',
    { ps_id_list: ['4711'] },
    isAnswer(points) ? points : rows({ ps_id: '4711', ps_key: '4711_11_0_0', ps_name: 'Home', ...points }),
    nth,
  );

/** The last parts of the paths that were asked, in their order. */
export const calls = ({ vendor }: { vendor: { received: ReceivedRequest[] } }) =>
  vendor.received.map(({ path }) => path.split('/').at(-1));

export const without = (meters: Record<string, number>, ...fields: string[]) =>
  Object.fromEntries(Object.entries(meters).filter(([field]) => !fields.includes(field)));

/** A talk that ends in a reading. */
export const conversation: AdapterConversation = {
  settings: account,
  now,
  exchanges: [logIn(), v1Plants(), v1Devices(device(14, 1), device(43, 2)), v1Live(14, rows(row(14, 1, hybrid)))],
  push: { tsms: measuredAt, siteMeters },
  carriers: { production: ['p13003'], grid: ['p13149', 'p13121'], battery: ['p13150', 'p13126'] },
  dark: { p13003: '0', p13121: '0', p13149: '300', p13126: '0', p13150: '500' },
};

/** A talk that ends in a reading. */
export const consentConversation: AdapterConversation = {
  settings: consented,
  now,
  exchanges: [
    refresh(),
    v2Plants,
    v2Devices(device(1, 1)),
    v2Live(1, rows(row(1, 1, { p24: '4110.0' }))),
    v2Plant({ p83106: '1650.0', p83105: '3300100', p83075: '8800400' }),
  ],
  push: {
    tsms: measuredAt,
    siteMeters: {
      ...{ production_kw: 4.11, net_import_kw: -2.46, consumption_kw: 1.65 },
      ...{ imported_kwh: 3300.1, exported_kwh: 8800.4 },
    },
  },
  secrets: [application.secretKey, 'first-refresh-token', 'access-token-1', 'refresh-token-1'],
  carriers: { production: ['p24'], grid: ['p83106'] },
  dark: { p24: '0.0', p83106: '400.0' },
};
