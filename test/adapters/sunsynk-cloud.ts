/** Sunsynk Connect's side of a conversation, for the tests of its adapter. */
import { constants, generateKeyPairSync, type KeyObject, privateDecrypt } from 'node:crypto';
import { sunsynk } from '../../functions/push-solar-data/adapters/sunsynk.ts';
import type { Answer, Exchange } from '../support/conversation.ts';
import { playAdapter } from '../support/home.ts';

export const now = '2026-07-29T12:00:00Z';
export const settings = { username: 'owner@test.example', password: 'Sunny-Day-2026', plantId: '4711' };

export const ok = (data: unknown): Answer => ({ json: { code: 0, msg: 'Success', data, success: true } });
export const refusal = (code: number, msg: string, status = 200): Answer => ({
  status,
  json: { code, msg, data: null, success: false },
});
export const token = (nth = 1, expires_in: unknown = 604_799) =>
  ok({ access_token: `sunsynk-token-${nth}`, token_type: 'bearer', refresh_token: 'unused-refresh', expires_in });

/** A key pair as the cloud has one; the public key is what it gives away. */
export function keyPair(modulusLength = 1024) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { key: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'), privateKey };
}
const { key } = keyPair();

/** What was encrypted with PKCS#1 v1.5, whose own decryption Node refuses: 00 02, random bytes, 00, text. */
export function decrypted(encrypted: string, privateKey: KeyObject): string {
  const padded = privateDecrypt(
    { key: privateKey, padding: constants.RSA_NO_PADDING },
    Buffer.from(encrypted, 'base64'),
  );
  return padded.subarray(padded.indexOf(0, 2) + 1).toString();
}

export const publicKey = (answer: Answer = ok(key)): Exchange => ({ path: '/anonymous/publicKey', answer });
export const tokenCall = (answer: Answer = token(), json = {}): Exchange => ({
  method: 'POST',
  path: '/oauth/token/new',
  json,
  answer,
});
export const login: Exchange[] = [publicKey(), tokenCall()];

export const paths = {
  plants: '/api/v1/plants',
  realtime: '/api/v1/plant/4711/realtime',
  flow: '/api/v1/plant/energy/4711/flow',
  inverters: '/api/v1/plant/4711/inverters',
  grid: (sn: string) => `/api/v1/inverter/grid/${sn}/realtime`,
  battery: (sn: string) => `/api/v1/inverter/battery/${sn}/realtime`,
};

/** A sunny noon: 4 kW of sun, 1.2 exported, 0.9 into the battery. */
export const noon = {
  pvPower: 4000,
  pv: null,
  gridOrMeterPower: 1200,
  toGrid: true,
  gridTo: false,
  battPower: 900,
  toBat: true,
  batTo: false,
  soc: 71,
  minTo: false,
  genTo: false,
  loadOrEpsPower: 1500,
};
export const get = (path: string, answer: Answer, nth = 1): Exchange => ({
  path,
  headers: { authorization: `Bearer sunsynk-token-${nth}` },
  answer,
});
export const realtime = (data: unknown = { pac: 4000, updateAt: '2026-07-29T11:58:00Z' }) =>
  get(paths.realtime, ok(data));
export const flow = (changed: object = {}) => get(paths.flow, ok({ ...noon, ...changed }));
export const inverters = (...serials: string[]) =>
  get(paths.inverters, ok({ total: serials.length, infos: serials.map((sn) => ({ sn, status: 1 })) }));
/** A plant whose age is not known, so that the clock can run. */
export const ageless = realtime({ pac: 4000 });

/** A log-in, then these. */
export const play = (exchanges: Exchange[], options: Partial<Parameters<typeof playAdapter>[1]> = {}) =>
  playAdapter(sunsynk, { settings, now, exchanges: [...login, ...exchanges], ...options });

/** The figures of a flow, pushed. */
export async function metersOf(changed: object, ...others: Exchange[]) {
  const { pushes, report } = await play([realtime(), flow(changed), ...others]);
  return pushes[0]?.siteMeters ?? report.error;
}
