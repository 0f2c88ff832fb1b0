/** The CDK app: one stack, for the site or for the several sites that the settings name. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Failure } from '../functions/push-solar-data/core/failure.ts';
import { localSettings } from '../functions/push-solar-data/local/environment.ts';
import { sayOn } from '../functions/push-solar-data/local/layout.ts';
import type { SettingTexts } from '../functions/push-solar-data/settings/settings-reader.ts';
import { bundle, bundleFeed, bundleFolder, bundleHomes, feedBundleFolder, homesBundleFolder } from './bundle.ts';
import { stackDestinations } from './destinations.ts';
import { feedsNamed } from './feed.ts';
import { type HomesSettings, homesSettings } from './homes-settings.ts';
import { HomesStack } from './homes-stack.ts';
import { settingsOfSite, slowestPollSeconds } from './public-settings.ts';
import { SiteStack } from './site-stack.ts';

const app = new App();
const fromContext = (name: string): string | undefined => app.node.tryGetContext(name);
const given = ['SITE', 'VENDOR', 'DESTINATION', 'ALARM_EMAIL', 'STACK', 'STATE_STORE', 'METRICS_OF']
  .map((name) => [name, fromContext(name)] as const)
  .filter(([, text]) => text !== undefined);
const texts = localSettings(process.env, Object.fromEntries(given));

try {
  const homes = homesSettings(texts);
  if (homes) addHomes(homes);
  else await addSite(texts);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  sayOn(process.stderr)(error.message);
  process.exit(2);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

async function addSite(texts: SettingTexts): Promise<void> {
  const site = texts['SITE'] ?? 'home';
  const { settings, known } = await settingsOfSite(texts);
  bundle();
  const feeds = feedsNamed(known['DESTINATION']);
  if (feeds.length > 0) bundleFeed();
  new SiteStack(app, `SolarCloudBridge-${site}`, {
    site,
    code: bundleFolder,
    settings,
    destinations: await stackDestinations(known, site),
    slowestPollSeconds: await slowestPollSeconds(known),
    ...(texts['ALARM_EMAIL'] ? { alarmEmail: texts['ALARM_EMAIL'] } : {}),
    reserveConcurrency: fromContext('reserveConcurrency') === 'true',
    feeds: feeds.map((label) => ({
      label,
      code: feedBundleFolder,
      reserveConcurrency: fromContext('reserveConcurrency') !== 'false',
    })),
    description: `Solar Cloud Bridge for ${site}`,
  });
}

/** Their own settings lie at AWS. */
function addHomes(homes: HomesSettings): void {
  bundleHomes();
  new HomesStack(app, `SolarCloudBridge-${homes.stack}`, {
    ...homes,
    code: homesBundleFolder,
    reserveConcurrency: fromContext('reserveConcurrency') === 'true',
    description: `Solar Cloud Bridge for ${homes.sites.length} homes`,
  });
}
