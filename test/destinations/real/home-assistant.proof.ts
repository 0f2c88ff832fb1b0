/** Home Assistant finds the device by itself through a real broker, and its states are true: values, none with an error, none when the bridge is silent. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Message } from '../../../functions/push-solar-data/destinations/destination.ts';
import { mqtt } from '../../../functions/push-solar-data/destinations/mqtt.ts';
import { configured, everyFigure, figuresOf, tell } from '../../support/destinations.ts';
import { homeAssistant, lackOfHomeAssistant } from './install-home-assistant.ts';
import { lackOfMosquitto } from './install-mosquitto.ts';
import { freePorts, type Mosquitto, startMosquitto, users } from './mosquitto.ts';

/** Its first start installs what its parts need. */
const longestStartMs = 420_000;

const measuredAt = Date.parse('2026-05-01T11:59:30Z');
const reading = { ...everyFigure, tsms: measuredAt };
const figures = figuresOf(reading, ['consumption_kw']);
const states = {
  'sensor.solar_production': '4.2',
  'sensor.grid_power': '-1.5',
  'sensor.home_consumption': '2',
  'sensor.battery_power': '-0.7',
  'sensor.battery_charge': '55.5',
  'sensor.battery_energy': '5.6',
  'sensor.grid_import': '8123.41',
  'sensor.grid_export': '10422.9',
  'sensor.measured_at': '2026-05-01T11:59:30+00:00',
  'binary_sensor.problem': 'off',
};
const none = Object.fromEntries(Object.keys(states).map((entity) => [entity, 'unavailable']));

describe('Home Assistant', { skip: lackOfMosquitto() || lackOfHomeAssistant() }, () => {
  let broker: Mosquitto;
  let stop: () => Promise<void>;
  before(async () => {
    broker = await startMosquitto();
    stop = await startHomeAssistant(broker.port);
  });
  after(async () => {
    await stop();
    await broker.stop();
  });

  const telling = async (t: TestContext, expireSeconds: number, message: Message = figures) => {
    const settings = { url: broker.url, userName: 'bridge', password: users.bridge, expireSeconds: `${expireSeconds}` };
    const { row } = await tell(t, configured(mqtt, settings), message);
    assert.notEqual(row.outcome, 'failed');
  };

  /** By entity, what it shows: it tells each state to the broker. */
  async function shown(): Promise<Record<string, string>> {
    const kept = Object.entries(await broker.kept('states/+/+/state'));
    return Object.fromEntries(
      kept.flatMap(([topic, { text }]) => {
        const [, kind, entity] = /^states\/(\w+)\/solar_cloud_bridge_home_(\w+)\/state$/.exec(topic) ?? [];
        return kind === undefined ? [] : [[`${kind}.${entity}`, text]];
      }),
    );
  }

  async function shows(wanted: Record<string, string>, ms: number): Promise<void> {
    const begun = performance.now();
    let last: Record<string, string> = {};
    const isReached = () => Object.entries(wanted).every(([entity, state]) => last[entity] === state);
    while (performance.now() - begun < ms && !isReached()) {
      last = await shown();
      await wait(200);
    }
    assert.deepEqual(last, wanted);
  }

  it('shows every figure of a message that was told before it began', async (t) => {
    await telling(t, 600);
    await shows(states, longestStartMs);
  });

  it('shows no figure when there is an error, but the problem', async (t) => {
    await telling(t, 600, { error: 'Example Cloud says that the device is not connected', kind: 'offline' });
    await shows({ ...none, 'binary_sensor.problem': 'on' }, 10_000);
    const attributes = await broker.kept('states/binary_sensor/solar_cloud_bridge_home_problem/+');
    assert.match(JSON.stringify(attributes), /the device is not connected/);
  });

  it('shows the figures again', async (t) => {
    await telling(t, 600);
    await shows(states, 10_000);
  });

  it('shows as unknown what a message does not tell, and not what it was', async (t) => {
    const { battery_soc: _soc, imported_kwh: _imported, ...rest } = reading;
    await telling(t, 600, figuresOf(rest));
    await shows({ ...states, 'sensor.battery_charge': 'unknown', 'sensor.grid_import': 'unknown' }, 10_000);
  });

  it('shows nothing when the bridge has fallen silent', async (t) => {
    await telling(t, 6);
    await shows(states, 5_000);
    await shows(none, 15_000);
  });
});

/** @returns what ends it. */
async function startHomeAssistant(brokerPort: number): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'home-assistant-'));
  const [port] = await freePorts(1);
  writeFileSync(
    join(folder, 'configuration.yaml'),
    `http:\n  server_host: 127.0.0.1\n  server_port: ${port}\nmqtt_statestream:\n  base_topic: states\n  publish_attributes: true\n`,
  );
  // What its dialogue stores after the questions for broker, user name and password.
  const entry = {
    entry_id: '0123456789abcdef0123456789abcdef',
    version: 1,
    domain: 'mqtt',
    title: 'broker',
    data: { broker: '127.0.0.1', port: brokerPort, username: 'reader', password: users.reader, discovery: true },
    options: {},
    pref_disable_new_entities: false,
    pref_disable_polling: false,
    source: 'user',
    unique_id: null,
    disabled_by: null,
  };
  mkdirSync(join(folder, '.storage'));
  writeFileSync(
    join(folder, '.storage/core.config_entries'),
    JSON.stringify({ version: 1, minor_version: 1, key: 'core.config_entries', data: { entries: [entry] } }),
  );
  const child = spawn(homeAssistant, ['-c', folder], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(folder, { recursive: true });
  };
}
