import assert from 'node:assert/strict';
import { it } from 'node:test';
import { listedIn, moduleIndex, moduleLists } from '../../docs/module-list.ts';

const files = new Map([
  ['acme-log.ts', 'const settings = {};\nexport const acmeLog = defineDestination({\n'],
  ['acme.ts', 'export const acme = defineDestination({'],
  ['destination.ts', ' * export const example = defineDestination({\nexport function defineDestination<'],
  ['roof.ts', 'export const roof = defineAdapter({'],
]);
const listed = listedIn(files, moduleLists.destinations);

it('finds the modules of a kind by what they export', () =>
  assert.deepEqual(listed, [
    { file: 'acme-log.ts', exported: 'acmeLog', slug: 'acme-log' },
    { file: 'acme.ts', exported: 'acme', slug: 'acme' },
  ]));

it('lists them, each loaded when it is chosen', () =>
  assert.equal(
    moduleIndex(listed, moduleLists.destinations),
    `/** Every destination by its slug, loaded when it is chosen. Generated from this folder by \`npm run generate\`. */
import type { DestinationModule } from './destination.ts';

export const destinations: Record<string, () => Promise<DestinationModule>> = {
  'acme-log': async () => (await import('./acme-log.ts')).acmeLog,
  acme: async () => (await import('./acme.ts')).acme,
};
`,
  ));
