/** The two versions of iSolarCloud's OpenAPI: the same calls by other paths, with the token in another place. */
import * as z from 'zod/mini';
import { bearer, openSession } from '../session.ts';
import { openGateway } from './gateway.ts';
import { waysIn } from './login.ts';
import type { IsolarcloudContext } from './settings.ts';

const paths = {
  password: {
    plants: '/openapi/getPowerStationList',
    devices: '/openapi/getDeviceList',
    live: '/openapi/getDeviceRealTimeData',
  },
  oauth2: {
    plants: '/openapi/platform/queryPowerStationList',
    devices: '/openapi/platform/getDeviceListByPsId',
    live: '/openapi/platform/getDeviceRealTimeData',
    plant: '/openapi/platform/getPowerStationRealTimeData',
  },
} as const;

export type Ask = <Result>(
  what: keyof (typeof paths)['oauth2'],
  json: object,
  result: z.ZodMiniType<Result>,
) => Promise<Result>;

/** Asks for a `result_data`, logged in; a call whose token is refused is repeated once, with a new one. */
export function openCloud(context: IsolarcloudContext): Ask {
  const { authMode } = context.settings;
  const post = openGateway(context);
  const call = openSession(context, [waysIn[authMode](post, context)], { marginSeconds: 7200 });
  return (what, json, result) =>
    call(async (session) => {
      const answer = await (authMode === 'oauth2'
        ? post(paths.oauth2[what], json, { headers: bearer(session) })
        : post({ ...paths.password, plant: paths.password.live }[what], { ...json, token: session.token }));
      return answer.json(z.object({ result_data: result })).result_data;
    });
}
