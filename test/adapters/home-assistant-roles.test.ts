/** Which entities Home Assistant's owner is offered for what, and what is said of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { homeAssistant } from '../../functions/push-solar-data/adapters/home-assistant.ts';
import { headers, now, token } from '../conversations/home-assistant.ts';
import { discover } from '../support/discover.ts';

type Sensor = [id: string, state: string, unit: string, name?: string];

async function roles(...sensors: Sensor[]) {
  const states = sensors.map(([id, state, unit, name]) => ({
    entity_id: id.includes('.') ? id : `sensor.${id}`,
    state,
    attributes: { unit_of_measurement: unit, friendly_name: name ?? id },
  }));
  const exchanges = [{ path: '/api/states', headers, answer: { json: states } }];
  const found = await discover(homeAssistant, { settings: { token }, now, exchanges });
  return Object.fromEntries(
    Object.entries(found ?? {}).map(([role, choices = []]) => [
      role,
      choices.map(({ value, title, isLikely }) => `${isLikely ? '* ' : ''}${value}: ${title}`),
    ]),
  );
}

const pv: Sensor = ['pv_power', '4200', 'W'];

describe('the entities of a role', () => {
  for (const [what, sensors, role, expected] of [
    ['solar power', [pv], 'production', ['* sensor.pv_power: solar, 4.20 kW now']],
    [
      'solar power by its name, where the id says nothing',
      [['x1', '3', 'kW', 'PV Leistung']],
      'production',
      ['* sensor.x1: solar, 3.00 kW now'],
    ],
    [
      'a signed grid meter with both of its signs',
      [['grid_power', '-1500', 'W']],
      'netImport',
      ['* sensor.grid_power: grid, exporting 1.50 kW now', '-sensor.grid_power: grid, importing 1.50 kW now'],
    ],
    [
      'a pair of one-way meters together',
      [
        ['grid_export', '1.5', 'kW'],
        ['grid_import', '0', 'kW'],
      ],
      'netImport',
      ['* sensor.grid_import,-sensor.grid_export: grid, exporting 1.50 kW now'],
    ],
    [
      'a pair of a battery, whose names hold each other',
      [
        ['battery_charge_power', '0', 'W'],
        ['battery_discharge_power', '250', 'W'],
      ],
      'batteryDischarge',
      ['* sensor.battery_discharge_power,-sensor.battery_charge_power: battery, giving 0.25 kW now'],
    ],
    [
      'a part or a forecast behind a whole',
      [pv, ['pv_forecast', '9000', 'W'], ['pv_string_1', '2100', 'W']],
      'production',
      [
        '* sensor.pv_power: solar, 4.20 kW now',
        'sensor.pv_forecast: solar, 9.00 kW now',
        'sensor.pv_string_1: solar, 2.10 kW now',
      ],
    ],
    [
      'no charge of a phone',
      [
        ['phone_battery', '80', '%'],
        ['powerwall_charge', '63', '%'],
      ],
      'batterySoc',
      ['* sensor.powerwall_charge: charged to 63 % now'],
    ],
    [
      'no consumption where solar and grid are there',
      [pv, ['grid_power', '1', 'W'], ['house_power', '500', 'W']],
      'consumption',
      [],
    ],
    [
      'the consumption where there is no grid meter',
      [pv, ['house_power', '500', 'W']],
      'consumption',
      ['* sensor.house_power: the home uses 0.50 kW now'],
    ],
    [
      'nothing without a number, of another unit, or that is no sensor',
      [
        ['pv_power', 'unavailable', 'W'],
        ['pv_energy', '12', 'kWh'],
        ['number.pv_power', '5', 'W'],
      ],
      'production',
      [],
    ],
  ] as [string, Sensor[], string, string[]][])
    it(`are ${what}`, async () => assert.deepEqual((await roles(...sensors))[role], expected));
});
