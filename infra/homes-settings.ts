/** What the settings at hand say of a stack of several homes: which they are, and how the stack is to be. */
import { Failure } from '../functions/push-solar-data/core/failure.ts';
import {
  createSettingsReader,
  entriesIn,
  type SettingTexts,
} from '../functions/push-solar-data/settings/settings-reader.ts';
import { isSeveral, sitesNamed, stackOf } from '../functions/push-solar-data/settings/sites.ts';

export type HomesSettings = {
  stack: string;
  sites: string[];
  stateStore: StateStoreName;
  /** Homes whose powers become metrics of CloudWatch. */
  metricsOf: string[];
  alarmEmail?: string;
};

const stateStores = ['parameters', 'dynamodb'] as const;
export type StateStoreName = (typeof stateStores)[number];

/**
 * With state in parameters: of homes with slow clouds, more would wait for their writes and be billed for it. With the table:
 * a region has 10,000 parameters, of which a home needs nine for its settings; and a template of CloudFormation holds 1 MB.
 */
export const mostHomes: Record<StateStoreName, number> = { parameters: 100, dynamodb: 1_000 };

/** undefined where SITE names one home, which has a stack of its own. @throws Failure `settings` */
export function homesSettings(texts: SettingTexts): HomesSettings | undefined {
  if (!isSeveral(texts['SITE'])) return undefined;
  const sites = sitesNamed(texts['SITE']);
  const stack = stackOf(texts, sites);
  if (stack === undefined) return undefined;
  const { take } = createSettingsReader(texts);
  const stateStore = stateStoreOf(take('STATE_STORE'));
  refuseTooMany(sites.length, stateStore);
  const alarmEmail = take('ALARM_EMAIL');
  return {
    stack,
    sites,
    stateStore,
    metricsOf: metricsOf(take('METRICS_OF'), sites),
    ...(alarmEmail ? { alarmEmail } : {}),
  };
}

function refuseTooMany(homes: number, stateStore: StateStoreName): void {
  if (homes <= mostHomes[stateStore]) return;
  const table = stateStore === 'parameters' ? `, or ${mostHomes.dynamodb} with STATE_STORE=dynamodb` : '';
  throw new Failure(
    'settings',
    `SITE names ${homes} homes, and a stack holds ${mostHomes[stateStore]}${table}: give the others to another stack, ` +
      'from a folder of their own with another STACK in its .env, in another region or account.',
  );
}

function stateStoreOf(text = 'parameters'): StateStoreName {
  const found = stateStores.find((name) => name === text);
  if (found) return found;
  throw new Failure('settings', `STATE_STORE must be one of ${stateStores.join(', ')}.`);
}

function metricsOf(text: string | undefined, sites: readonly string[]): string[] {
  const named = entriesIn(text ?? '');
  const stranger = named.find((site) => !sites.includes(site));
  if (stranger === undefined) return [...new Set(named)];
  throw new Failure('settings', `METRICS_OF names ${stranger.slice(0, 60)}, which SITE does not: name homes of SITE.`);
}
