/** MQTT: which topics a message becomes, and their texts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Message } from '../../functions/push-solar-data/destinations/destination.ts';
import { commonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { publicationsOf, type Telling } from '../../functions/push-solar-data/destinations/mqtt/messages.ts';
import { everyFigure, figuresOf, sendingAt } from '../support/destinations.ts';

const telling: Telling = {
  topic: 'solar-cloud-bridge/home',
  figures: 'both',
  expireSeconds: 180,
  knowsExpiry: true,
  withStatus: true,
};
const all = { ...everyFigure, tsms: sendingAt - 30_000 };
const error: Message = { error: 'Example Cloud says that the device is not connected', kind: 'offline' };

const told = (message: Message, own: Partial<Telling> = {}) =>
  publicationsOf(commonDocument(message, 'home', sendingAt), { ...telling, ...own });
const topicsOf = (message: Message, own: Partial<Telling> = {}) =>
  told(message, own).map(({ topic }) => topic.replace('solar-cloud-bridge/home/', ''));

describe('a reading', () => {
  it('is a status, a topic for each figure, and the document last', () => {
    const texts = told(figuresOf(all, ['consumption_kw'])).map(({ topic, text }) => [topic, text]);
    assert.deepEqual(texts.slice(0, -1), [
      ['solar-cloud-bridge/home/status', 'online'],
      ['solar-cloud-bridge/home/production_w', '4200'],
      ['solar-cloud-bridge/home/net_import_w', '-1500'],
      ['solar-cloud-bridge/home/consumption_w', '2000'],
      ['solar-cloud-bridge/home/battery_discharge_w', '-700'],
      ['solar-cloud-bridge/home/battery_soc_percent', '55.5'],
      ['solar-cloud-bridge/home/battery_energy_kwh', '5.6'],
      ['solar-cloud-bridge/home/imported_kwh', '8123.41'],
      ['solar-cloud-bridge/home/exported_kwh', '10422.9'],
    ]);
    const [topic, text = ''] = texts.at(-1) ?? [];
    assert.equal(topic, 'solar-cloud-bridge/home/state');
    assert.deepEqual(JSON.parse(text), {
      ...{ type: 'reading', version: 1, site: 'home', sent_ms: sendingAt, ...all },
      derived: ['consumption_kw'],
    });
  });

  it('of one figure has that topic, and none for what is unknown', () => {
    assert.deepEqual(topicsOf(figuresOf({ production_kw: 4.2 })), ['status', 'production_w', 'state']);
  });

  for (const [field, value, topic, text] of [
    ['production_kw', 0, 'production_w', '0'],
    ['net_import_kw', -0, 'net_import_w', '0'],
    ['net_import_kw', -0.0004, 'net_import_w', '0'],
    ['net_import_kw', -0.0006, 'net_import_w', '-1'],
    ['production_kw', 1.2346, 'production_w', '1235'],
    ['consumption_kw', 12345.678, 'consumption_w', '12345678'],
    ['battery_soc', 0, 'battery_soc_percent', '0'],
    ['battery_soc', 1, 'battery_soc_percent', '100'],
    ['battery_soc', 0.1234, 'battery_soc_percent', '12.3'],
    ['battery_soc', 0.57, 'battery_soc_percent', '57'],
    ['battery_energy_kwh', 5.6004, 'battery_energy_kwh', '5.6'],
    ['imported_kwh', 1_234_567.891, 'imported_kwh', '1234567.891'],
  ] as const)
    it(`says ${field} ${value} as ${topic} ${text}`, () => {
      const { text: said } = told(figuresOf({ [field]: value })).find((each) => each.topic.endsWith(`/${topic}`)) ?? {};
      assert.equal(said, text);
    });

  it('as json alone is the status and the document', () => {
    assert.deepEqual(topicsOf(figuresOf(all), { figures: 'json' }), ['status', 'state']);
  });

  it('has no status where it has not changed', () => {
    assert.deepEqual(topicsOf(figuresOf({ production_kw: 1 }), { withStatus: false }), ['production_w', 'state']);
  });
});

describe('an error', () => {
  it('is a status and the document: no figure becomes 0, or an old one new', () => {
    const [status, document, ...more] = told(error);
    assert.deepEqual([status?.topic, status?.text], ['solar-cloud-bridge/home/status', 'offline']);
    assert.deepEqual(JSON.parse(document?.text ?? ''), {
      ...{ type: 'error', version: 1, site: 'home', sent_ms: sendingAt, ...error },
    });
    assert.deepEqual(more, []);
  });
});

describe('what a broker keeps', () => {
  const kept = (message: Message, own: Partial<Telling> = {}) =>
    told(message, own).map(({ topic, isRetained, expireSeconds }) => [
      topic.split('/').at(-1),
      isRetained,
      expireSeconds,
    ]);

  it('runs out, but for the status', () => {
    assert.deepEqual(kept(figuresOf({ production_kw: 1 })), [
      ['status', true, undefined],
      ['production_w', true, 180],
      ['state', true, 180],
    ]);
    assert.deepEqual(kept(error), [
      ['status', true, undefined],
      ['state', true, 180],
    ]);
  });

  it('is the status alone where nothing can run out', () => {
    assert.deepEqual(kept(figuresOf({ production_kw: 1 }), { knowsExpiry: false }), [
      ['status', true, undefined],
      ['production_w', false, undefined],
      ['state', false, undefined],
    ]);
  });
});
