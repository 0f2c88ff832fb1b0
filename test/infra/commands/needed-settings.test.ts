import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { lackingSettings, secretNames } from '../../../infra/commands/needed-settings.ts';

const lackingIn = async (texts: Record<string, string>, there: readonly string[] = []) =>
  (await lackingSettings(texts, new Set([...Object.keys(texts), ...there]))).map(({ name }) => name);

describe('what the deployed function lacks', () => {
  const rows: [string, Record<string, string>, string[]][] = [
    ['of Charge HQ, which is where figures go by themselves', { VENDOR: 'simulator' }, ['CHARGE_HQ_API_KEY']],
    ['of the chosen destinations alone', { VENDOR: 'simulator', DESTINATION: 'log:webhook' }, ['LOG_URL']],
    [
      'given the other settings',
      { VENDOR: 'simulator', DESTINATION: 'influxdb', INFLUXDB_URL: 'https://db.example', INFLUXDB_BUCKET: 'b' },
      ['INFLUXDB_TOKEN'],
    ],
    ['that may be left out at home only', { VENDOR: 'simulator', DESTINATION: 'feed' }, ['FEED_TOKEN']],
  ];
  for (const [what, texts, names] of rows)
    it(`is named: ${what}`, async () => {
      assert.deepEqual(await lackingIn(texts), names);
      assert.deepEqual(await lackingIn(texts, names), []);
    });
});

it('what must be encrypted is known by label', async () => {
  const names = await secretNames({ VENDOR: 'simulator', DESTINATION: 'log:webhook,feed' });
  assert.deepEqual([...names].sort(), ['FEED_TOKEN', 'LOG_HEADERS', 'LOG_SECRET', 'LOG_URL']);
});
