/** The homes of a fleet: their clouds, destinations and secrets, always the same for the same number and seed. */
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { conversations, type NamedConversation } from '../conversations/all.ts';
import { settingTexts } from '../support/home.ts';
import { chanceOf } from './chances.ts';
import type { ReceiverUrls } from './receivers.ts';

/** How many of a hundred homes have which cloud: quick ones, those asked every two minutes, and those asked every five. */
export const mix: Record<string, number> = {
  ...{ 'victron-vrm': 18, tesla: 6, sunsynk: 6, growatt: 6, alphaess: 4, redback: 4, 'goodwe-sems': 4, 'http-json': 4 },
  ...{ givenergy: 5, hoymiles: 4, deyecloud: 3 },
  ...{ foxess: 12, 'sigenergy/app': 6, sma: 5, solarman: 4, soliscloud: 4, fusionsolar: 3, solax: 2 },
};
/** What an owner sets besides, where a conversation's own home needs it for all its figures. */
const besides: Record<string, Record<string, string>> = { foxess: { gridMeter: 'HYBRID' } };
const furtherShare = 0.1;

export type FleetHome = {
  site: string;
  /** Name of the conversation that its cloud plays. */
  talk: string;
  /** Its parameters, by name. */
  stored: Record<string, { value: string; secret: boolean }>;
  /** Where its cloud and destinations stand: no parameters, as no real home has them. */
  environment: SettingTexts;
  secrets: string[];
};

type Addresses = { clouds: Readonly<Record<string, string>>; receivers: ReceiverUrls };

const talks = new Map(conversations.map((each) => [each.name, each]));

export const siteOf = (nth: number): string => `home-${String(nth).padStart(5, '0')}`;

/** @param nth from 0. */
export function homeOf(nth: number, seed: number, { clouds, receivers }: Addresses): FleetHome {
  const site = siteOf(nth);
  const random = chanceOf(seed, 'home', nth);
  const talk = drawn(random.next() * 100);
  const cloud = `${clouds[talk.name]}/${site}`;
  const { vendor, settings } = talk.adapter;
  const texts = Object.entries({ ...talk.conversation.settings, ...besides[talk.name] }).map(([name, text]) => {
    const isSecret = settings[name]?.secret === true;
    const filled = text.replaceAll('{server}', cloud);
    return { name, isSecret, value: isSecret ? ownSecret(filled, nth) : filled };
  });
  const apiKey = uuidOf(nth, 'c');
  const further = random.happens(furtherShare) ? random.among(['webhook', 'pvoutput'] as const) : undefined;
  const stored: FleetHome['stored'] = {
    VENDOR: { value: vendor, secret: false },
    CHARGE_HQ_API_KEY: { value: apiKey, secret: true },
    ...Object.fromEntries(
      texts.flatMap(({ name, isSecret, value }) =>
        Object.keys(settingTexts(vendor, { [name]: value })).map((variable) => [variable, { value, secret: isSecret }]),
      ),
    ),
    ...(further ? furtherSettings[further](nth, `${receivers[further]}/${site}`) : {}),
  };
  return {
    ...{ site, talk: talk.name, stored },
    environment: {
      SITE: site,
      CHARGE_HQ_URL: `${receivers.chargeHq}/${site}/${isSlow(talk) ? 'slow' : 'quick'}/push`,
      ...settingTexts(vendor, { baseUrl: cloud, authUrl: cloud }),
      ...(further === 'pvoutput' ? settingTexts('pvoutput', { baseUrl: `${receivers.pvoutput}/${site}` }) : {}),
    },
    secrets: Object.values(stored).flatMap(({ secret, value }) => (secret ? [value] : [])),
  };
}

const furtherSettings: Record<'webhook' | 'pvoutput', (nth: number, url: string) => FleetHome['stored']> = {
  webhook: (nth, url) => ({
    DESTINATION: { value: 'charge-hq,webhook', secret: false },
    WEBHOOK_URL: { value: `${url}/hooks/hook-of-${siteOf(nth)}`, secret: true },
  }),
  pvoutput: (nth) => ({
    DESTINATION: { value: 'charge-hq,pvoutput', secret: false },
    PVOUTPUT_API_KEY: { value: `pvoutput-of-${siteOf(nth)}`, secret: true },
    PVOUTPUT_SYSTEM_ID: { value: String(nth), secret: false },
    PVOUTPUT_TIME_ZONE: { value: 'Etc/UTC', secret: false },
  }),
};

/** Asked every five minutes or less often. */
export const isSlow = ({ adapter: { pollSeconds } }: NamedConversation): boolean =>
  typeof pollSeconds !== 'number' || pollSeconds >= 300;

function drawn(percent: number): NamedConversation {
  let left = percent;
  for (const [name, share] of Object.entries(mix)) {
    left -= share;
    const talk = talks.get(name);
    if (left < 0 && talk) return talk;
  }
  throw new Error('the shares of the mix are a hundred in all');
}

const uuidOf = (nth: number, kind: string): string =>
  `${kind.repeat(8)}-5555-4555-8555-${String(nth).padStart(12, '0')}`;

/** Of the same form, and of no other home. */
function ownSecret(text: string, nth: number): string {
  if (/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(text)) return uuidOf(nth, 'a');
  if (!text.startsWith('{')) return `${text}-${siteOf(nth)}`;
  const values = Object.entries(JSON.parse(text)).map(([name, value]) => [name, `${value}-${siteOf(nth)}`]);
  return JSON.stringify(Object.fromEntries(values));
}
