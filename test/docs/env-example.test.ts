/** `.env.example`, as owners copy it. That it is up to date is what `npm run generate -- --check` says. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import { destinations } from '../../functions/push-solar-data/destinations/index.ts';
import { everySetting, mayBeLeftOut } from '../../functions/push-solar-data/local/known-settings.ts';

const text = readFileSync(join(import.meta.dirname, '../../.env.example'), 'utf8');
const settings = [...text.matchAll(/^(#?)([A-Z0-9_]+)=(.*)$/gm)].map(([, mark, name = '', value]) => ({
  name,
  value,
  isSet: mark === '',
}));
const known = await everySetting({ VENDOR: 'roof:simulator' }, { registry: adapters, destinations });

describe('.env.example', () => {
  it('names only settings that there are, each once', () => {
    const names = settings.map(({ name }) => name);
    assert.deepEqual(
      names.filter((name) => !known.has(name)),
      [],
    );
    assert.equal(new Set(names).size, names.length);
  });

  it('names each that is needed', () => {
    const names = new Set(settings.map(({ name }) => name));
    const needed = [...known.values()].filter((setting) => !mayBeLeftOut(setting)).map(({ name }) => name);
    assert.ok(needed.length > 50);
    assert.deepEqual(
      needed.filter((name) => !names.has(name)),
      [],
    );
  });

  it('has no value, and nothing but VENDOR asks for one', () => {
    assert.deepEqual(
      settings.filter(({ value }) => value !== ''),
      [],
    );
    assert.deepEqual(
      settings.filter(({ isSet }) => isSet).map(({ name }) => name),
      ['VENDOR'],
    );
  });

  it('begins with the home, the usual destination and what stands on many roofs, what is needed first', () => {
    const heads = [...text.matchAll(/^## ([^:\n]*)/gm)].map(([, title]) => title);
    assert.deepEqual(heads.slice(0, 6), [
      'The home',
      'Charge HQ',
      'FoxESS Cloud',
      'Victron VRM',
      'Huawei FusionSolar',
      'Home Assistant',
    ]);
    const [, foxess = ''] = text.split('## FoxESS Cloud');
    assert.match(foxess.split('\n')[2] ?? '', /^#FOXESS_API_KEY=$/);
  });

  it('consists of comments, settings and empty lines', () =>
    assert.deepEqual(
      text.split('\n').filter((line) => !/^(?:#.*|VENDOR=|)$/.test(line)),
      [],
    ));
});
