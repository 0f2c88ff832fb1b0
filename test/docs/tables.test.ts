import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as z from 'zod/mini';
import { destinationFacts, destinationSettings, destinationsTable, fill } from '../../docs/tables.ts';
import {
  choice,
  defineDestination,
  secret,
  setting,
  text,
} from '../../functions/push-solar-data/destinations/destination.ts';

const acmeLog = defineDestination({
  slug: 'acme-log',
  title: 'Acme',
  homepage: 'https://acme.example',
  standing: 'experimental',
  takes: 'all figures',
  needs: 'a token',
  settings: {
    token: secret(text, 'Its token'),
    pace: setting(z._default(choice('slow', 'fast'), 'slow'), 'slow|fast, as in <pace>'),
    note: setting(z.optional(text), 'A note'),
  },
  push: async () => undefined,
});

it('tells the facts of a destination', () =>
  assert.equal(
    destinationFacts(acmeLog),
    `- **\`DESTINATION=acme-log\`**, experimental
- What arrives: all figures
- You need: a token
- Its page: <https://acme.example>`,
  ));

it('tells its settings by the names that owners write', () =>
  assert.deepEqual(destinationSettings(acmeLog).split('\n').slice(2), [
    '| `ACME_LOG_TOKEN` | yes | yes | Its token |',
    '| `ACME_LOG_PACE` | no (`slow`) | no | slow\\|fast, as in &lt;pace> |',
    '| `ACME_LOG_NOTE` | no | no | A note |',
  ]));

it('lists destinations in a row each', () =>
  assert.deepEqual(
    destinationsTable([acmeLog], ({ title }) => `[${title}](page.md)`)
      .split('\n')
      .slice(2),
    ['| [Acme](page.md) | `acme-log` | experimental | all figures | a token |'],
  ));

it('replaces what stands between the markers, and nothing else', () =>
  assert.equal(
    fill('a\n<!-- facts -->\nold\n<!-- /facts -->\nb', { facts: 'new $1', other: 'x' }),
    'a\n<!-- facts -->\nnew $1\n<!-- /facts -->\nb',
  ));
