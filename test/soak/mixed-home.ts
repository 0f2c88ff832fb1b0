/** A home with four sources and four destinations, each in weather of its own. */
import { foxess } from '../../functions/push-solar-data/adapters/foxess.ts';
import { fusionsolar } from '../../functions/push-solar-data/adapters/fusionsolar.ts';
import { sigenergy } from '../../functions/push-solar-data/adapters/sigenergy.ts';
import { victronVrm } from '../../functions/push-solar-data/adapters/victron-vrm.ts';
import type { CommonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import type { Push } from '../support/conversation.ts';
import { apiKey, settingTexts } from '../support/home.ts';
import { registryOf } from '../support/sources.ts';
import { playFoxess, playFusionsolar, playVictron } from './clouds.ts';
import { openSoakedHome } from './home.ts';
import { openBroker, openReceiver, pushOfDocument } from './receivers.ts';
import { playSigenergy } from './sigenergy-cloud.ts';
import { circumstancesAt, homeClockOf, type Stage, worldOf } from './stage.ts';
import { type Random, randomOf } from './trouble.ts';
import { verdictOn } from './verdict.ts';

const secrets = [
  ...([apiKey, 'vrm-of-a-soak', 'foxess-of-a-soak', 'code-of-a-soak', 'password-of-a-soak'] as const),
  ...(['broker-of-a-soak', 'hook-of-a-soak', 'pvoutput-of-a-soak'] as const),
] as const;
const [, accessToken, foxessKey, systemCode, password, brokerPassword, hookKey, pvoutputKey] = secrets;

type Urls = Record<
  'victron' | 'foxess' | 'fusionsolar' | 'sigenergy' | 'chargeHq' | 'broker' | 'webhook' | 'pvoutput',
  string
>;

const textsOf = (urls: Urls) => ({
  VENDOR: 'roof:victron-vrm,house:foxess,garage:fusionsolar,shed:sigenergy',
  DESTINATION: 'charge-hq,mqtt,webhook,pvoutput',
  ...settingTexts('mqtt', { url: urls.broker, userName: 'soak', password: brokerPassword }),
  ...settingTexts('webhook', { url: `${urls.webhook}/hooks/${hookKey}` }),
  ...settingTexts('pvoutput', { baseUrl: urls.pvoutput, apiKey: pvoutputKey, systemId: '1', timeZone: 'Etc/UTC' }),
  CHARGE_HQ_API_KEY: apiKey,
  CHARGE_HQ_URL: `${urls.chargeHq}/push`,
  ...settingTexts('roof', { baseUrl: urls.victron, accessToken, idSite: '1', take: 'production' }),
  ...settingTexts('house', { baseUrl: urls.foxess, apiKey: foxessKey }),
  ...settingTexts('garage', { baseUrl: urls.fusionsolar, userName: 'soak', systemCode, take: 'production' }),
  ...settingTexts('shed', {
    ...{ baseUrl: urls.sigenergy, mode: 'app', username: 'soak', password, stationId: '7' },
    take: 'production,battery',
  }),
});

export async function openMixedHome(random: Random, begins: number): Promise<Stage> {
  // Each cloud has chances of its own: which of them is asked first in a tick is no part of the seed.
  const chances = () => randomOf(Math.floor(random.next() * 2 ** 32));
  const circumstances = circumstancesAt(begins);
  const { clock } = circumstances;
  const world = worldOf(circumstances);
  const clouds = {
    victron: await playVictron(chances(), world),
    foxess: await playFoxess(chances(), world),
    fusionsolar: await playFusionsolar(chances(), world),
    sigenergy: await playSigenergy(chances(), world),
  };
  const all = Object.values(clouds);
  const surroundings = () => ({ random: chances(), now: () => clock.at, secrets });
  const [chargeHq, broker, webhook, pvoutput] = [
    await openReceiver({ label: 'charge-hq', usual: { json: {} }, pushOf: ({ body }) => body as Push }, surroundings()),
    await openBroker('mqtt', surroundings()),
    await openReceiver(
      { label: 'webhook', usual: { json: {} }, pushOf: ({ body }) => pushOfDocument(body as CommonDocument) },
      surroundings(),
    ),
    await openReceiver(
      { label: 'pvoutput', usual: { text: 'OK 200: Added Status' }, pushOf: () => undefined },
      surroundings(),
    ),
  ];
  const receivers = [chargeHq, broker, webhook, pvoutput];
  const texts = textsOf({
    victron: clouds.victron.url,
    foxess: clouds.foxess.url,
    fusionsolar: clouds.fusionsolar.url,
    sigenergy: clouds.sigenergy.url,
    chargeHq: chargeHq.url,
    broker: broker.url,
    webhook: webhook.url,
    pvoutput: pvoutput.url,
  });
  const registry = registryOf(victronVrm, foxess, fusionsolar, sigenergy);
  return Object.assign(circumstances, {
    ...{ name: '', all, receivers, share: { twice: 0.001, ahead: 0.001 } },
    home: await openSoakedHome(texts, registry, homeClockOf(circumstances)),
    forgetful: ['house', 'garage'] as const,
    rotating: { label: 'shed', cloud: clouds.sigenergy },
    verdict: (push: Push, startedAt: number) => verdictOn(push, all, clock.at, startedAt),
    secrets: () => [...secrets, ...all.flatMap((cloud) => cloud.secrets())],
    async close() {
      for (const server of [...all, ...receivers]) await server.close();
    },
  });
}
