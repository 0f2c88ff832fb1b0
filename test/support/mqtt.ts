/** One message to a broker of a test's own making, and what is left of it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { type BrokerScript, playBroker } from './broker.ts';
import { configured, figuresOf, tell } from './destinations.ts';

export type MqttSettings = Record<string, string>;

const password = 'kept-from-everybody';
export const brokerCredentials = { userName: 'bridge', password };
/** They become five publications with the status and the document. */
export const fiveTopics = figuresOf({ production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 }, [
  'consumption_kw',
]);

export const brokerAt = (url: string, settings: MqttSettings = {}) =>
  configured(mqtt, { url, discovery: 'off', ...brokerCredentials, ...settings });

/** How one message ends at a broker that behaves so. */
export async function tellBroker(t: TestContext, script: BrokerScript, settings: MqttSettings = {}, ms = 5_000) {
  const broker = await playBroker(t, script);
  return { broker, ...(await tellLeavingNothing(t, broker.url, settings, ms)) };
}

/** Holds besides that no socket and no timer stays, and that nobody is told the password. */
export async function tellLeavingNothing(t: TestContext, url: string, settings: MqttSettings = {}, ms = 5_000) {
  const before = resources();
  const told = await tell(t, brokerAt(url, settings), fiveTopics, { signal: AbortSignal.timeout(ms) });
  assert.equal(JSON.stringify(told).includes(password), false);
  for (let tries = 0; tries < 40 && resources() > before; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25).unref());
  assert.ok(resources() <= before, `left behind: ${process.getActiveResourcesInfo()}`);
  return told;
}

/** Sockets and timers that keep this process alive. */
const resources = (): number =>
  process.getActiveResourcesInfo().filter((kind) => /Timeout|Socket|TCP|TLS/.test(kind)).length;
