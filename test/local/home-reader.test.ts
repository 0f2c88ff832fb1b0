import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webhook } from '../../functions/push-solar-data/destinations/webhook.ts';
import { asRead, openHomeReader } from '../../functions/push-solar-data/local/home-reader.ts';
import { configured, figuresOf, tell } from '../support/destinations.ts';

const home = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2, battery_discharge_kw: -0.7 };

it('takes what the webhook sends, and tells it', async (t) => {
  const told: string[] = [];
  const reader = await openHomeReader((sentence) => told.push(sentence));
  t.after(reader.close);
  const { row } = await tell(t, configured(webhook, { url: reader.url }), figuresOf(home));
  assert.equal(row.outcome, 'pushed');
  assert.deepEqual(told, ['evcc would read: grid −1.50 kW, sun 4.20 kW, battery −0.70 kW']);
});

describe('a reader at home would make of', () => {
  for (const [what, document, sentence] of [
    [
      'figures with a state of charge',
      { ...home, battery_soc: 0.555 },
      'evcc would read: grid −1.50 kW, sun 4.20 kW, battery −0.70 kW at 56 %',
    ],
    [
      'a home without battery that draws from the grid',
      { production_kw: 0, net_import_kw: 0.4 },
      'evcc would read: grid 0.40 kW, sun 0.00 kW',
    ],
    [
      'a flow below its digits',
      { production_kw: 1, net_import_kw: -0.001 },
      'evcc would read: grid 0.00 kW, sun 1.00 kW',
    ],
    [
      'a sun that is unknown: 0, as evcc does',
      { net_import_kw: 0.4 },
      'evcc would read: grid 0.40 kW, no figure for the sun, which counts as 0',
    ],
    [
      'a grid flow that is unknown: nothing to steer by',
      { production_kw: 4.2 },
      "evcc would find no grid power, and leave the car's current as it is",
    ],
    [
      'an error',
      { error: 'Acme is not connected', kind: 'offline' },
      "evcc would find an error, and leave the car's current as it is: Acme is not connected",
    ],
    ['a figure that is none', { net_import_kw: '1' }, 'evcc would understand nothing of the message'],
  ] as const)
    it(what, () => assert.equal(asRead(JSON.stringify(document)), sentence));

  it('a text that is no document', () => assert.equal(asRead('{'), 'evcc would understand nothing of the message'));
});
