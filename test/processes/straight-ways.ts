/** The straight way through the set-up of five makers: their clouds on this machine, and what an owner answers. */
import type { TestContext } from 'node:test';
import * as enphase from '../conversations/enphase.ts';
import * as foxess from '../conversations/foxess.ts';
import * as fusionsolar from '../conversations/fusionsolar.ts';
import { playVictron, token as victronToken } from '../local/victron-cloud.ts';
import { type Exchange, type MockServer, playConversation } from '../support/conversation.ts';

export type StraightWay = {
  vendor: string;
  /** What is typed to find it, and how it then stands on the list. */
  search: string;
  entry: RegExp;
  /** Beside the destination and the verdict; the choice of the equipment is one. */
  questions: number;
  play(t: TestContext): Promise<{ url: string; environment: Record<string, string> }>;
  /** Each question with its answer, and what is said between them. */
  answers(cloud: { url: string }): (readonly [question: RegExp, typed: string] | RegExp)[];
  /** Questions of a consent in a browser, which come on top. */
  consent?: (readonly [question: RegExp, typed: string])[];
  /** What the figures then say. */
  says: RegExp;
};

const played = async (t: TestContext, label: string, exchanges: readonly Exchange[]) => {
  const cloud: MockServer = await playConversation(exchanges);
  t.after(() => cloud.close());
  return { url: cloud.url, environment: { [`${label}_BASE_URL`]: cloud.url, [`${label}_AUTH_URL`]: cloud.url } };
};

/** FoxESS writes the clock of the place with its zone. */
const justNow = (): string => `${new Date(Date.now() - 120_000).toISOString().slice(0, 19).replace('T', ' ')} UTC+0000`;

const sensor = (id: string, state: string, unit: string, name: string) => ({
  entity_id: `sensor.${id}`,
  state,
  attributes: { unit_of_measurement: unit, friendly_name: name },
  last_updated: new Date().toISOString(),
});

const states = () => [
  sensor('solar_power', '4200', 'W', 'Solar power'),
  sensor('solar_forecast_power', '5100', 'W', 'Solar forecast'),
  sensor('grid_power', '-1500', 'W', 'Grid power'),
  sensor('battery_discharge_power', '0', 'W', 'Battery discharge'),
  sensor('battery_charge_power', '500', 'W', 'Battery charge'),
  sensor('battery_soc', '63', '%', 'State of charge'),
  sensor('phone_battery', '80', '%', 'Phone'),
  sensor('outside', '21', '°C', 'Outside'),
];

const homeAssistant = (): Exchange[] => [
  { path: '/api/states', headers: { authorization: 'Bearer long-lived-token' }, answer: () => ({ json: states() }) },
  ...states().map(
    ({ entity_id }): Exchange => ({
      path: `/api/states/${entity_id}`,
      answer: () => ({ json: states().find((each) => each.entity_id === entity_id) }),
    }),
  ),
  { method: 'POST', path: '/api/template', answer: { status: 401, json: {} } },
];

export const straightWays: StraightWay[] = [
  {
    vendor: 'victron-vrm',
    search: 'victron',
    entry: /❯ Victron VRM/,
    questions: 2,
    async play(t) {
      const { url } = await playVictron(t);
      return { url, environment: { VICTRON_VRM_BASE_URL: url } };
    },
    answers: () => [
      [/VICTRON_VRM_ACCESS_TOKEN:/, victronToken],
      /VICTRON_VRM_ID_SITE: Barn \(4711\), the only one there/,
    ],
    says: /exporting 1\.50 kW/,
  },
  {
    vendor: 'foxess',
    search: 'foxess',
    entry: /❯ FoxESS Cloud/,
    questions: 2,
    play: (t) =>
      played(t, 'FOXESS', [
        foxess.listed(foxess.device('HYBRID', true, { stationName: 'Barn' })),
        {
          method: 'POST',
          path: foxess.livePath,
          answer: () => foxess.envelope([foxess.row('HYBRID', foxess.hybrid, justNow())]),
        },
      ]),
    answers: () => [[/FOXESS_API_KEY:/, foxess.apiKey], /Found: Barn \(HYBRID\)/],
    says: /exporting 0\.50 kW/,
  },
  {
    vendor: 'fusionsolar',
    search: 'huawei',
    entry: /❯ Huawei FusionSolar/,
    questions: 3,
    play: (t) =>
      played(t, 'FUSIONSOLAR', [
        fusionsolar.exchange(
          'stations',
          fusionsolar.done({ list: [{ plantCode: 'NE=77000001', plantName: 'Barn' }], pageCount: 1 }),
        ),
        ...fusionsolar.homeWith(fusionsolar.hybrid),
      ]),
    answers: () => [
      [/FUSIONSOLAR_USER_NAME:/, fusionsolar.account.userName],
      [/FUSIONSOLAR_SYSTEM_CODE:/, fusionsolar.account.systemCode],
      /FUSIONSOLAR_STATION_CODE: Barn \(NE=77000001\), the only one there/,
    ],
    says: /exporting 2\.05 kW/,
  },
  {
    vendor: 'home-assistant',
    search: 'home assistant',
    entry: /❯ Home Assistant/,
    questions: 4,
    async play(t) {
      const { url } = await played(t, 'HOME_ASSISTANT', homeAssistant());
      return { url, environment: {} };
    },
    answers: ({ url }) => [
      [/HOME_ASSISTANT_BASE_URL:/, url],
      [/HOME_ASSISTANT_TOKEN:/, 'long-lived-token'],
      /HOME_ASSISTANT_PRODUCTION: solar, 4\.20 kW now \(sensor\.solar_power\)/,
      /HOME_ASSISTANT_NET_IMPORT: grid, exporting 1\.50 kW now \(sensor\.grid_power\)/,
      [/Is there a battery at this home\?/, ''],
      /HOME_ASSISTANT_BATTERY_DISCHARGE: battery, taking 0\.50 kW now/,
      /HOME_ASSISTANT_BATTERY_SOC: charged to 63 % now \(sensor\.battery_soc\)/,
    ],
    says: /battery takes 0\.50 kW/,
  },
  {
    vendor: 'enphase',
    search: 'enphase v4',
    entry: /❯ Enphase Enlighten \(enphase\), v4/,
    questions: 4,
    play: (t) => {
      const at = Math.floor(Date.now() / 1000) - 480;
      return played(t, 'ENPHASE', [
        enphase.token(),
        {
          path: '/api/v4/systems',
          answer: { json: { total: 1, systems: [{ system_id: 777, name: 'Barn' }] } },
        },
        enphase.live(enphase.telemetry([enphase.meter('production', 3000, at), enphase.meter('consumption', 800, at)])),
      ]);
    },
    answers: () => [
      [/ENPHASE_API_KEY:/, enphase.settings.apiKey],
      [/ENPHASE_CLIENT_ID:/, enphase.settings.clientId],
      [/ENPHASE_CLIENT_SECRET:/, enphase.settings.clientSecret],
    ],
    consent: [
      [/wants your consent once/, '\u001b[B'],
      [/ENPHASE_REFRESH_TOKEN:/, enphase.settings.refreshToken],
    ],
    says: /exporting 2\.20 kW/,
  },
];
