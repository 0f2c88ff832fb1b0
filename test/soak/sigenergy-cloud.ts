/** Sigenergy's cloud of a soak: no times, a gateway that freezes, and a log-in whose every refresh ends the token before it. */
import type { Answer, ReceivedRequest } from '../support/conversation.ts';
import { type Cloud, figureAt, type Play, playCloud, type World } from './cloud.ts';
import type { Random } from './trouble.ts';

export type SigenergyCloud = Cloud & {
  /** When a refresh token was sent that had been used up before; those that two instances sent at once are not counted. */
  deadRefreshes: number[];
  /** The one that is good now. */
  refreshToken(): string | undefined;
};

const tokenSeconds = 3_600;
/** Two instances that have read the same token may both send it. */
const raceMs = 120_000;

const success = (data: unknown): Answer => ({ json: { code: 0, msg: 'success', data } });

/** A roof and a battery. */
export async function playSigenergy(random: Random, world: World): Promise<SigenergyCloud> {
  const deadRefreshes: number[] = [];
  let count = 0;
  let renewedAt = world.now();
  const grant = (at: number): Answer => {
    count += 1;
    renewedAt = at;
    return success({ ...names(count), token_type: 'bearer', expires_in: tokenSeconds });
  };
  const names = (nth: number) => ({
    access_token: `soak-access-of-${nth}-times`,
    refresh_token: `soak-refresh-of-${nth}-times`,
  });
  const signIn = ({ body }: ReceivedRequest, at: number) => {
    const { grant_type, refresh_token } = body as Record<string, string>;
    if (grant_type === 'password') return { what: 'login', answer: () => grant(at) };
    if (refresh_token === names(count).refresh_token) return { what: 'refresh', answer: () => grant(at) };
    if (at - renewedAt > raceMs) deadRefreshes.push(at);
    return { what: 'dead', answer: () => ({ status: 401, json: { code: 11003, msg: 'token', data: null } }) };
  };
  const gateway = gatewayOf(random, world);
  const paths = [
    ['POST', '/auth/oauth/token'],
    ['GET', '/device/sigen/station/energyflow'],
  ] as const;
  const play: Play = (received, at) => {
    if (received.path.endsWith('/token')) return signIn(received, at);
    if (
      received.headers.authorization !== `Bearer ${names(count).access_token}` ||
      at > renewedAt + tokenSeconds * 1000
    )
      return { what: 'flow', answer: () => ({ status: 401, json: { code: 401, msg: 'expired', data: null } }) };
    const measuredAt = gateway(at);
    const [pvPower, batteryPower] = [figureAt(measuredAt, 4), figureAt(measuredAt, 0.75)];
    const flow = { pvPower, batteryPower, batterySoc: 40, buySellPower: null, loadPower: null };
    const nulls: Record<string, object> = {
      production_kw: { pvPower: null },
      battery_discharge_kw: { batteryPower: null },
    };
    return {
      what: 'flow',
      answer: (gone) => success({ ...flow, ...nulls[gone ?? ''] }),
      shows: { production_kw: pvPower, battery_discharge_kw: -batteryPower },
    };
  };
  const cloud = await playCloud(random, world, 'sigenergy', paths, play, { givesNoTimes: true });
  return Object.assign(cloud, {
    deadRefreshes,
    secrets: () => [...Object.values(names(count)), 'soak-password'],
    refreshToken: () => (count === 0 ? undefined : names(count).refresh_token),
    endSessions: () => {},
  });
}

/** Of what moment the figures are: now and then the gateway hangs for up to two hours, and the cloud shows what it had. */
function gatewayOf(random: Random, world: World): (at: number) => number {
  let frozen: { at: number; until: number } | undefined;
  return (at) => {
    if (frozen && at >= frozen.until) frozen = undefined;
    if (!frozen && !world.calm() && random.happens(0.008))
      frozen = { at, until: at + (10 + random.next() * 110) * 60_000 };
    return frozen?.at ?? at;
  };
}
