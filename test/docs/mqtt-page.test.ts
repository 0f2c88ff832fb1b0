/** The topics and figures that owners copy from the MQTT page are those that the bridge sends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { meterFields } from '../../functions/push-solar-data/core/reading.ts';
import { commonDocument } from '../../functions/push-solar-data/destinations/document.ts';
import { publicationsOf } from '../../functions/push-solar-data/destinations/mqtt/messages.ts';
import { figuresOf, sendingAt } from '../support/destinations.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/destinations/mqtt.md'), 'utf8');
const everything = Object.fromEntries(meterFields.map((field) => [field, 0.5]));
const document = commonDocument(figuresOf(everything), 'home', sendingAt);
const sent = publicationsOf(document, {
  topic: 'solar-cloud-bridge/home',
  figures: 'both',
  expireSeconds: 180,
  knowsExpiry: true,
  withStatus: true,
}).map(({ topic }) => topic);

it('names no topic that is not sent', () => {
  const named = [...page.matchAll(/solar-cloud-bridge\/home\/\w+/g)].map(([topic]) => topic);
  assert.ok(named.length > 5);
  assert.deepEqual(
    named.filter((topic) => !sent.includes(topic)),
    [],
  );
});

it('names every topic that is sent', () =>
  assert.deepEqual(
    sent.filter((topic) => !page.includes(`${topic.split('/').at(-1)}\``)),
    [],
  ));

it('lets evcc look at figures that the document has', () => {
  const figures = [...page.matchAll(/else \.(\w+)/g)].map(([, figure = '']) => figure);
  assert.ok(figures.length > 3);
  assert.deepEqual(
    figures.filter((figure) => !(figure in document)),
    [],
  );
});
