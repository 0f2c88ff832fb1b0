import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { homeAssistant } from '../../functions/push-solar-data/adapters/home-assistant.ts';
import { headers, now, token } from '../conversations/home-assistant.ts';
import { discover } from '../support/discover.ts';

type Shown = readonly [id: string, name: string, state: string, unit?: string];

/** What is found among these entities, as lists of `value | title`. */
async function found(...entities: Shown[]): Promise<Record<string, string[]>> {
  const json = entities.map(([id, friendly_name, state, unit]) => ({
    entity_id: `sensor.${id}`,
    state,
    attributes: { friendly_name, ...(unit === undefined ? {} : { unit_of_measurement: unit }) },
  }));
  return shownOf(json);
}

async function shownOf(json: unknown[]): Promise<Record<string, string[]>> {
  const exchanges = [{ path: '/api/states', headers, answer: { json } }];
  const choices = await discover(homeAssistant, { settings: { token }, now, exchanges });
  return Object.fromEntries(
    Object.entries(choices ?? {}).map(([name, each = []]) => [
      name,
      each.map(({ value, title, isLikely }) => `${isLikely ? '* ' : ''}${value} | ${title}`),
    ]),
  );
}

const values = (choices: string[] | undefined) => choices?.map((each) => each.replace(/^\* /, '').split(' | ')[0]);

describe('Home Assistant: entities to choose from', () => {
  it('shows a home with a battery by what each entity seems to be, with its present value and direction', async () => {
    const choices = await found(
      ['house_load', 'House load', '900', 'W'],
      ['grid_power', 'Grid power', '-1.2', 'kW'],
      ['pv_power', 'PV power', '2600.5', 'W'],
      ['battery_power', 'Battery power', '500', 'W'],
      ['battery_soc', 'Battery SoC', '64', '%'],
      ['washer_power', 'Washing machine', '3', 'W'],
      ['outside', 'Outside', '21', '°C'],
    );
    assert.deepEqual(choices, {
      production: ['sensor.pv_power | PV power: 2600.5 W'],
      netImport: [
        '* sensor.grid_power | Grid power: -1.2 kW, into the grid now',
        '-sensor.grid_power | Grid power, turned around: -1.2 kW, from the grid now',
      ],
      consumption: [],
      batteryDischarge: [
        '* sensor.battery_power | Battery power: 500 W, the battery discharges now',
        '-sensor.battery_power | Battery power, turned around: 500 W, the battery charges now',
      ],
      batterySoc: ['sensor.battery_soc | Battery SoC: 64 %'],
    });
  });

  it('puts the two directions of one flow together and first, for their names tell the signs', async () => {
    const { netImport, batteryDischarge } = await found(
      ['meter_power', 'Meter power', '0', 'W'],
      ['grid_export_power', 'Export', '1200', 'W'],
      ['grid_import_power', 'Import', '0', 'W'],
      ['battery_charging_power', 'Charging', '300', 'W'],
      ['battery_discharging_power', 'Discharging', '0', 'W'],
    );
    assert.deepEqual(netImport, [
      '* sensor.grid_import_power,-sensor.grid_export_power | Import − Export: 0 W − 1200 W, into the grid now',
      'sensor.meter_power | Meter power: 0 W, nothing flows now',
      '-sensor.meter_power | Meter power, turned around: 0 W, nothing flows now',
    ]);
    assert.deepEqual(batteryDischarge, [
      'sensor.battery_discharging_power,-sensor.battery_charging_power | Discharging − Charging: 0 W − 300 W, the battery charges now',
    ]);
  });

  for (const [what, entities, marked] of [
    [
      'the only pair, also beside one of both directions',
      { grid_import: '1', grid_export: '1', grid_power: '1' },
      [true],
    ],
    ['the only one of both directions as it counts, while something flows', { grid_power: '-1' }, [true, undefined]],
    ['none while nothing flows, so that nobody sees its direction', { grid_power: '0' }, [undefined, undefined]],
    ['none that has one direction only, even alone', { grid_export: '1' }, [false]],
    ['none without a figure', { grid_power: 'unavailable' }, [undefined, undefined]],
    ['none of two', { grid_power: '1', meter_power: '1' }, [undefined, undefined]],
  ] as const)
    it(`takes for what is meant most likely ${what}`, async () => {
      const json = Object.entries(entities).map(([id, state]) => ({
        ...{ entity_id: `sensor.${id}`, state },
        attributes: { unit_of_measurement: 'W' },
      }));
      const exchanges = [{ path: '/api/states', headers, answer: { json } }];
      const { netImport = [] } = (await discover(homeAssistant, { settings: { token }, now, exchanges })) ?? {};
      const marks = netImport.map(({ isLikely }) => isLikely);
      assert.deepEqual(marks, [...marked, ...marks.slice(marked.length).map(() => undefined)]);
    });

  it('turns what can only be exported, and puts what has one direction last', async () => {
    const { netImport } = await found(
      ['grid_feed_in', 'Grid feed in', '700', 'W'],
      ['grid_power', 'Grid power', '-700', 'W'],
    );
    assert.deepEqual(values(netImport), ['sensor.grid_power', '-sensor.grid_power', '-sensor.grid_feed_in']);
  });

  const integrations: [string, Shown[], Record<string, string[]>][] = [
    [
      'a Powerwall',
      [
        ['powerwall_site_power', 'Powerwall Site Power', '0.3', 'kW'],
        ['powerwall_load_power', 'Powerwall Load Power', '1.9', 'kW'],
        ['powerwall_solar_power', 'Powerwall Solar Power', '1.1', 'kW'],
        ['powerwall_battery_power', 'Powerwall Battery Power', '0.5', 'kW'],
        ['powerwall_charge', 'Powerwall Charge', '80', '%'],
      ],
      {
        production: ['sensor.powerwall_solar_power'],
        netImport: ['sensor.powerwall_site_power', '-sensor.powerwall_site_power'],
        batteryDischarge: ['sensor.powerwall_battery_power', '-sensor.powerwall_battery_power'],
        batterySoc: ['sensor.powerwall_charge'],
      },
    ],
    [
      'an Envoy, whose net consumption is the grid',
      [
        ['envoy_1_current_power_production', 'Envoy 1 Current power production', '1.1', 'kW'],
        ['envoy_1_current_power_consumption', 'Envoy 1 Current power consumption', '1.9', 'kW'],
        ['envoy_1_current_net_power_consumption', 'Envoy 1 Current net power consumption', '0.8', 'kW'],
      ],
      {
        production: ['sensor.envoy_1_current_power_production'],
        netImport: ['sensor.envoy_1_current_net_power_consumption', '-sensor.envoy_1_current_net_power_consumption'],
      },
    ],
    [
      'a Dutch meter, whose production is what flows back',
      [
        ['electricity_meter_power_consumption', 'Power consumption', '0', 'kW'],
        ['electricity_meter_power_production', 'Power production', '1.2', 'kW'],
        ['solar_power', 'Solar', '1500', 'W'],
      ],
      {
        production: ['sensor.solar_power'],
        netImport: ['sensor.electricity_meter_power_consumption,-sensor.electricity_meter_power_production'],
      },
    ],
  ];
  for (const [what, entities, expected] of integrations)
    it(`knows ${what}`, async () => {
      const choices = await found(...entities);
      for (const [name, each] of Object.entries(expected)) assert.deepEqual(values(choices[name]), each, name);
    });

  it('puts the whole first, then the sum of its parts, then each part', async () => {
    const { production } = await found(
      ['pv1_power', 'PV1', '800', 'W'],
      ['pv_power', 'PV', '1600', 'W'],
      ['pv2_power', 'PV2', '800.5', 'W'],
    );
    assert.deepEqual(production, [
      '* sensor.pv_power | PV: 1600 W',
      'sensor.pv1_power,sensor.pv2_power | PV1 + PV2: 1600.5 W',
      'sensor.pv1_power | PV1: 800 W',
      'sensor.pv2_power | PV2: 800.5 W',
    ]);
  });

  it('adds up the phases of a meter, both ways', async () => {
    const { netImport } = await found(
      ['meter_phase_a_power', 'Phase A', '-800', 'W'],
      ['meter_phase_b_power', 'Phase B', '100', 'W'],
    );
    assert.deepEqual(netImport?.slice(0, 2), [
      'sensor.meter_phase_a_power,sensor.meter_phase_b_power | Phase A + Phase B: -700 W, into the grid now',
      '-sensor.meter_phase_a_power,-sensor.meter_phase_b_power | Phase A + Phase B, turned around: -700 W, from the grid now',
    ]);
  });

  it("leaves out a car's charger, forecasts, limits, and what the bridge itself has told Home Assistant", async () => {
    const { production, netImport } = await found(
      ['wallbox_grid_power', 'Wallbox', '7000', 'W'],
      ['solar_forecast_power', 'Solar forecast', '3000', 'W'],
      ['grid_export_limit', 'Grid export limit', '5000', 'W'],
      ['solar_cloud_bridge_home_solar_production', 'Solar Cloud Bridge home Solar production', '1', 'kW'],
      ['solar_power', 'Solar', '1500', 'W'],
      ['grid_power', 'Grid', '1', 'W'],
    );
    assert.deepEqual(values(production), ['sensor.solar_power']);
    assert.deepEqual(values(netImport), ['sensor.grid_power', '-sensor.grid_power']);
  });

  it('offers no battery to a home without one, whatever telephones there are, and no telephone for the battery', async () => {
    const phone: Shown = ['pixel_battery_level', 'Pixel battery level', '55', '%'];
    const without = await found(['solar_power', 'Solar', '1500', 'W'], phone);
    assert.deepEqual([without['batteryDischarge'], without['batterySoc']], [[], []]);
    const withOne = await found(
      phone,
      ['battery_power', 'Battery', '1', 'W'],
      ['battery_level', 'Battery level', '9', '%'],
    );
    assert.deepEqual(values(withOne['batterySoc']), ['sensor.battery_level']);
  });

  it('shows all powers where none is named like solar or grid power, and the consumption', async () => {
    const { production, netImport, consumption } = await found(
      ['channel_1_power', 'Channel 1', '10', 'W'],
      ['channel_2_power', 'Channel 2', '20', 'W'],
      ['house_power', 'House', '30', 'W'],
    );
    const [one, other] = ['sensor.channel_1_power', 'sensor.channel_2_power'];
    assert.deepEqual(values(production), [`${one},${other}`, one, other]);
    assert.equal(netImport?.length, 6);
    assert.deepEqual(values(consumption), ['sensor.house_power']);
  });

  it('does not offer a power of unknown kind alone as solar power, which would be taken without a question', async () => {
    const { production } = await found(['channel_power', 'Channel', '10', 'W']);
    assert.deepEqual(production, []);
  });

  it('shows one without a figure now, and passes over entities of a strange shape', async () => {
    const attributes = { friendly_name: 'PV', unit_of_measurement: 'W' };
    const { production } = await shownOf([
      null,
      { entity_id: 7 },
      { entity_id: 'sensor.odd', state: 'x', attributes: { unit_of_measurement: 5 } },
      { entity_id: 'sensor.pv', state: 'unavailable', attributes },
    ]);
    assert.deepEqual(production, ['sensor.pv | PV: no figure now']);
  });

  it('names the token where it is refused', async () => {
    const exchanges = [{ path: '/api/states', headers, answer: { status: 401, text: '401: Unauthorized' } }];
    await assert.rejects(discover(homeAssistant, { settings: { token }, now, exchanges }), { kind: 'auth' });
  });
});
