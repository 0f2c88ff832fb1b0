/** The CDK app: one stack for the site that the settings name. */
import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Failure } from '../functions/push-solar-data/core/failure.ts';
import { localSettings } from '../functions/push-solar-data/local/environment.ts';
import { sayOn } from '../functions/push-solar-data/local/layout.ts';
import { bundle, bundleFeed, bundleFolder, feedBundleFolder } from './bundle.ts';
import { stackDestinations } from './destinations.ts';
import { feedsNamed } from './feed.ts';
import { settingsOfSite, slowestPollSeconds } from './public-settings.ts';
import { SiteStack } from './site-stack.ts';

const app = new App();
const fromContext = (name: string): string | undefined => app.node.tryGetContext(name);
const given = ['SITE', 'VENDOR', 'DESTINATION', 'ALARM_EMAIL'].map((name) => [name, fromContext(name)] as const);
const texts = localSettings(process.env, Object.fromEntries(given.filter(([, text]) => text !== undefined)));
const site = texts['SITE'] ?? 'home';

const { settings, known } = await settingsOfSite(texts).catch((error: unknown) => {
  if (!(error instanceof Failure)) throw error;
  sayOn(process.stderr)(error.message);
  process.exit(2);
});

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
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
