import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { conversations } from '../conversations/all.ts';
import { answeringDestinations } from './destination-answers.ts';
import { fuzzDestination } from './destinations.ts';
import { exceed } from './excess.ts';
import { follows, numbersIn, respelt } from './explanation.ts';
import { fuzz } from './fuzz.ts';
import { drawFrom, mutate } from './mutation.ts';

// A sample of `npm run test:fuzz`, always the same.
const seed = 20_260_501;
const runs = 40;
const excesses = 5;
const destinationRuns = 150;

describe('an answer with anything in it changed crashes and hangs nothing, and no invented figure is pushed:', () => {
  for (const conversation of conversations)
    it(conversation.name, async () => {
      const { findings, pushed } = await fuzz(conversation, seed, runs);
      assert.deepEqual(findings, []);
      assert.ok(pushed > 0, 'not one answer was understood');
    });
});

describe('an answer with anything in it blown up blocks and leaks nothing, and what is told and kept stays short:', () => {
  for (const conversation of conversations)
    it(conversation.name, async () => {
      const { findings } = await fuzz(conversation, seed, excesses, 'excesses');
      assert.deepEqual(findings, []);
    });
});

describe('an answer of a destination with anything in it changed is a failure of a known kind or a message that arrived, told once:', () => {
  for (const destination of answeringDestinations)
    it(destination.slug, async () => {
      const { told, failed, findings } = await fuzzDestination(destination, seed, destinationRuns);
      assert.deepEqual(findings, []);
      assert.ok(told > 0 && failed > 0, `${told} told, ${failed} failed`);
    });
});

it('knows a battery power for derived that sun, import and export leave of a load', async () => {
  const history = conversations.find(({ name }) => name === 'alphaess/history');
  assert.ok(history);
  const importsAndExports = 4471;
  const { findings, pushed } = await fuzz(history, importsAndExports, 1, 'excesses');
  assert.deepEqual({ findings, pushed }, { findings: [], pushed: 1 });
});

it('makes the same excess of the same seed, and as much JSON as it says', () => {
  const tree = { power: 1500, phases: [{ id: 'A', watts: '-3.5' }], at: null };
  const made = (from: number) => Array.from({ length: 100 }, (_, nth) => exceed(tree, drawFrom(from + nth)));
  assert.deepEqual(made(7), made(7));
  for (const { text } of made(7)) JSON.parse(text);
  assert.ok(made(7).some(({ text }) => text.length > 100_000));
  assert.deepEqual(tree, { power: 1500, phases: [{ id: 'A', watts: '-3.5' }], at: null });
});

it('makes the same mutation of the same seed', () => {
  const tree = { power: 1500, phases: [{ id: 'A', watts: '-3.5' }], at: null };
  const mutations = (from: number) => Array.from({ length: 50 }, (_, nth) => mutate(tree, drawFrom(from + nth)));
  assert.deepEqual(mutations(7), mutations(7));
  assert.notDeepEqual(mutations(7), mutations(8));
  assert.deepEqual(tree, { power: 1500, phases: [{ id: 'A', watts: '-3.5' }], at: null });
});

it('mutates numbers at the end of their range to nothing but what JSON can hold', () => {
  const tree = { largest: Number.MAX_VALUE, text: String(-Number.MAX_VALUE), smallest: Number.MIN_VALUE };
  for (let seed = 0; seed < 500; seed++) {
    const { tree: mutated, what } = mutate(tree, drawFrom(seed));
    assert.deepEqual(JSON.parse(JSON.stringify(mutated)), mutated, what);
  }
});

it('spells JSON in another way without loss', () => {
  const tree = { 'a"b\\n': [1, -2.5, 0, 1e15, 'Ünïcode "quoted" \u0007', null, true, []], nested: { empty: {} } };
  const json = JSON.stringify(tree);
  assert.deepEqual(JSON.parse(respelt(json)), tree);
  assert.notEqual(respelt(json), json);
});

it('knows which figures follow from an answer', () => {
  const numbers = numbersIn({ watts: 1500, more: ['-250', { soc: '71%' }], volts: 52.5, amperes: 10 });
  const rows: [string, number, boolean][] = [
    ['production_kw', 1.5, true],
    ['net_import_kw', -1.25, true],
    ['battery_discharge_kw', -0.525, true],
    ['battery_soc', 0.71, true],
    ['imported_kwh', 125, true],
    ['production_kw', 3.333, false],
    ['battery_soc', 0.5, false],
  ];
  for (const [field, figure, expected] of rows)
    assert.equal(follows(field, figure, numbers), expected, `${field} ${figure}`);
});
