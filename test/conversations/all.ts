/** Every adapter that talks to a cloud, with a conversation for each of its ways to talk. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import type { AdapterConversation } from './adapter-conversation.ts';
import { conversation as deyecloud } from './deyecloud.ts';
import { conversation as enphase } from './enphase.ts';
import { conversation as enlighten } from './enphase-enlighten.ts';
import { conversation as evcc } from './evcc.ts';
import { conversation as foxess } from './foxess.ts';
import { conversation as fusionsolar } from './fusionsolar.ts';
import { conversation as homeAssistant } from './home-assistant.ts';
import { conversation as httpJson } from './http-json.ts';
import { conversation as redback } from './redback.ts';
import { conversation as saj } from './saj.ts';
import { conversation as shellyCloud } from './shelly-cloud.ts';
import { appConversation as sigenergyApp, conversation as sigenergyKey } from './sigenergy.ts';
import { officialConversation as smaOfficial, conversation as smaPortal } from './sma.ts';
import { conversation as solarman } from './solarman.ts';
import { conversation as solax, platformConversation as solaxPlatform } from './solax.ts';
import { conversation as sunsynk } from './sunsynk.ts';
import { conversation as victronVrm } from './victron-vrm.ts';

/** One adapter in one of its ways to talk. */
export type NamedConversation = { name: string; adapter: Adapter; conversation: AdapterConversation };

const ways: [vendor: string, way: string, conversation: AdapterConversation][] = [
  ['deyecloud', '', deyecloud],
  ['enphase', '', enphase],
  ['enphase', 'enlighten', enlighten],
  ['evcc', '', evcc],
  ['foxess', '', foxess],
  ['fusionsolar', '', fusionsolar],
  ['home-assistant', '', homeAssistant],
  ['http-json', '', httpJson],
  ['redback', '', redback],
  ['saj', '', saj],
  ['shelly-cloud', '', shellyCloud],
  ['sigenergy', '', sigenergyKey],
  ['sigenergy', 'app', sigenergyApp],
  ['sma', '', smaPortal],
  ['sma', 'official', smaOfficial],
  ['solarman', '', solarman],
  ['solax', '', solax],
  ['solax', 'openapi', solaxPlatform],
  ['sunsynk', '', sunsynk],
  ['victron-vrm', '', victronVrm],
];

export const conversations: readonly NamedConversation[] = await Promise.all(
  ways.map(async ([vendor, way, conversation]) => {
    const adapter = await adapters[vendor]?.();
    if (!adapter) throw new Error(`there is no adapter ${vendor}`);
    return { name: way ? `${vendor}/${way}` : vendor, adapter, conversation };
  }),
);

/** Adapters without a conversation here, because they ask nobody. */
export const silent: readonly string[] = ['simulator'];
