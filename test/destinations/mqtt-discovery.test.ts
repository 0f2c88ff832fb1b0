/** MQTT: how Home Assistant learns what there is, and when it is told. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { DestinationState } from '../../functions/push-solar-data/core/destination-state.ts';
import { meterFields } from '../../functions/push-solar-data/core/reading.ts';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import {
  discoveryDocument,
  discoveryOf,
  type Told,
} from '../../functions/push-solar-data/destinations/mqtt/discovery.ts';
import { mqtt } from '../../functions/push-solar-data/destinations/mqtt.ts';
import { type BrokerScript, playBroker, takesAll, takesAllBut } from '../support/broker.ts';
import { configured, figuresOf, sendingAt, tell } from '../support/destinations.ts';

const device = {
  site: 'home',
  vendors: ['foxess', 'shelly-cloud'],
  topic: 'solar-cloud-bridge/home',
  expireSeconds: 180,
};
type Component = Record<string, unknown>;
const documentOf = (told: Told) =>
  discoveryDocument(told, device) as { device: object; components: Record<string, Component> } & Component;

describe('the document', () => {
  it('names the device, where its messages come, and from whom', () => {
    const { components: _, ...rest } = documentOf([]);
    assert.deepEqual(rest, {
      device: {
        identifiers: ['solar_cloud_bridge_home'],
        name: 'Solar Cloud Bridge home',
        manufacturer: 'Solar Cloud Bridge',
        model: 'foxess + shelly-cloud',
      },
      origin: { name: 'Solar Cloud Bridge' },
      state_topic: 'solar-cloud-bridge/home/state',
      qos: 1,
    });
  });

  const rows = [
    ['production_kw', 'production', 'Solar production', 'power', 'measurement', 'kW', true],
    ['net_import_kw', 'net_import', 'Grid power', 'power', 'measurement', 'kW', true],
    ['consumption_kw', 'consumption', 'Home consumption', 'power', 'measurement', 'kW', true],
    ['battery_discharge_kw', 'battery_discharge', 'Battery power', 'power', 'measurement', 'kW', true],
    ['battery_soc', 'battery_soc', 'Battery charge', 'battery', 'measurement', '%', true],
    ['battery_energy_kwh', 'battery_energy', 'Battery energy', 'energy_storage', 'measurement', 'kWh', true],
    ['imported_kwh', 'imported', 'Grid import', 'energy', 'total_increasing', 'kWh', false],
    ['exported_kwh', 'exported', 'Grid export', 'energy', 'total_increasing', 'kWh', false],
  ] as const;
  for (const [field, key, name, device_class, state_class, unit_of_measurement, expires] of rows)
    it(`describes ${field} as ${device_class} in ${unit_of_measurement}${expires ? '' : ', which stands however old it is'}`, () => {
      const { components } = documentOf([field]);
      assert.deepEqual(Object.keys(components), [key, 'problem']);
      const { value_template, suggested_display_precision: _, ...component } = components[key] ?? {};
      assert.deepEqual(component, {
        platform: 'sensor',
        unique_id: `scb_home_${key}`,
        ...{ name, device_class, state_class, unit_of_measurement },
        ...(expires ? { expire_after: 180 } : {}),
        availability_topic: 'solar-cloud-bridge/home/status',
      });
      // An empty text would leave the last value, and begin its time anew.
      assert.match(String(value_template), new RegExp(`value_json\\.${field}.*(default\\(none\\)|else none) }}$`));
    });

  it('describes every figure that there is', () =>
    assert.deepEqual(
      rows.map(([field]) => field),
      [...meterFields],
    ));

  it('has the time of measurement where one was ever told', () => {
    const { measured_at } = documentOf(['tsms']).components;
    assert.equal(measured_at?.['device_class'], 'timestamp');
    assert.equal('expire_after' in (measured_at ?? {}), false);
  });

  it('has a problem that is there when the figures are not', () => {
    const { problem } = documentOf([]).components;
    assert.equal(problem?.['platform'], 'binary_sensor');
    assert.equal(problem?.['device_class'], 'problem');
    assert.equal('availability_topic' in (problem ?? {}), false);
    assert.equal(problem?.['json_attributes_topic'], 'solar-cloud-bridge/home/state');
  });

  it('goes to the prefix, retained, without an end', () => {
    const { topic, isRetained, expireSeconds } = discoveryOf('ha', [], { ...device, site: 'beach-house' });
    assert.deepEqual(
      [topic, isRetained, expireSeconds],
      ['ha/device/solar_cloud_bridge_beach-house/config', true, undefined],
    );
  });
});

describe('Home Assistant', () => {
  const figures = figuresOf({ production_kw: 4.2 });
  const withBattery = figuresOf({ production_kw: 4.2, battery_soc: 0.5, tsms: sendingAt });
  const error: Message = { error: 'No figures', kind: 'offline' };
  const minute = 60_000;
  type Step = { message?: Message; after?: number; settings?: Record<string, string>; warm?: boolean };

  /** Which components each of these messages announced; undefined for a message that announced nothing. */
  async function announced(t: TestContext, steps: readonly Step[], script: BrokerScript = takesAll) {
    const broker = await playBroker(t, script);
    let state: DestinationState = {};
    let now = sendingAt;
    const heard: (string[] | undefined)[] = [];
    for (const { message = figures, after = minute, settings = {} } of steps) {
      const before = broker.publications().length;
      ({ state } = await tell(t, configured(mqtt, { url: broker.url, ...settings }), message, { before: state, now }));
      now += after;
      const config = broker
        .publications()
        .slice(before)
        .find(({ topic }) => topic.endsWith('/config'));
      heard.push(config && Object.keys(JSON.parse(String(config.payload)).components));
    }
    return { heard, broker, state };
  }

  it('is told at the first message, before everything else, and then no more', async (t) => {
    const { heard, broker } = await announced(t, [{}, {}, { message: error }, {}]);
    assert.deepEqual(heard, [['production', 'problem'], undefined, undefined, undefined]);
    assert.equal(broker.published()[0]?.[0], 'homeassistant/device/solar_cloud_bridge_home/config');
  });

  it('is told again when a figure comes for the first time, and keeps one that is missing', async (t) => {
    const { heard } = await announced(t, [{}, { message: withBattery }, {}, { message: error }]);
    assert.deepEqual(heard[1], ['production', 'battery_soc', 'measured_at', 'problem']);
    assert.deepEqual(heard.slice(2), [undefined, undefined]);
  });

  it('learns of a problem from an error that is the first message', async (t) => {
    const { heard } = await announced(t, [{ message: error }, {}]);
    assert.deepEqual(heard, [['problem'], ['production', 'problem']]);
  });

  it('is told once a day', async (t) => {
    const { heard } = await announced(t, [{ after: 11 * 60 * minute }, { after: 2 * 60 * minute }, {}]);
    assert.deepEqual(
      heard.map((each) => each !== undefined),
      [true, false, true],
    );
  });

  it('is told again after a changed setting', async (t) => {
    const { heard } = await announced(t, [{}, { settings: { expireSeconds: '300' } }]);
    assert.deepEqual(heard[1], ['production', 'problem']);
  });

  it('is told until it is taken', async (t) => {
    let refusals = 0;
    const script = takesAllBut((packet) => (packet.cmd === 'publish' && refusals++ < 1 ? ['hang up'] : undefined));
    const { heard } = await announced(t, [{}, {}, {}], script);
    assert.deepEqual(
      heard.map((each) => each !== undefined),
      [true, true, false],
    );
  });

  for (const off of ['off', 'Off'])
    it(`is told nothing with MQTT_DISCOVERY=${off}`, async (t) => {
      const { broker } = await announced(t, [{ settings: { discovery: off } }]);
      assert.deepEqual(
        broker.published().map(([topic]) => topic.split('/').at(-1)),
        ['status', 'production_w', 'state'],
      );
    });

  it('finds the topics and the time to live that are set', async (t) => {
    const { broker } = await announced(t, [{ settings: { discovery: 'ha/one', topic: 'roof', expireSeconds: '240' } }]);
    const [topic, text = ''] = broker.published()[0] ?? [];
    assert.equal(topic, 'ha/one/device/solar_cloud_bridge_home/config');
    const { state_topic, components } = JSON.parse(text);
    assert.equal(state_topic, 'roof/state');
    assert.equal(components.production.expire_after, 240);
    assert.equal(components.production.availability_topic, 'roof/status');
  });
});
