import assert from 'node:assert/strict';
import { it } from 'node:test';
import { conversationIndex, findConversations } from '../../docs/conversation-list.ts';

const files = new Map([
  ['acme-app.ts', 'export const conversation: AdapterConversation = {'],
  [
    'acme.ts',
    'export const now = 1;\nexport const conversation: AdapterConversation = {\n};\nexport const keyConversation: AdapterConversation = {',
  ],
  ['acme-home.ts', 'export const conversation: AdapterConversation = {'],
  ['adapter-conversation.ts', 'export type AdapterConversation = {'],
  ['nobody.ts', 'export const conversation: AdapterConversation = {'],
]);
const found = findConversations(files, ['acme', 'acme-home']);

it('finds every conversation, by its vendor and its way to talk', () =>
  assert.deepEqual(
    found.map(({ name, vendor, file }) => [name, vendor, file]),
    [
      ['acme', 'acme', 'test/conversations/acme.ts'],
      ['acme-home', 'acme-home', 'test/conversations/acme-home.ts'],
      ['acme/app', 'acme', 'test/conversations/acme-app.ts'],
      ['acme/key', 'acme', 'test/conversations/acme.ts'],
      ['nobody', undefined, 'test/conversations/nobody.ts'],
    ],
  ));

it('lists those of adapters', () =>
  assert.deepEqual(conversationIndex(found).split('\n').slice(4, -2), [
    "  acme: async () => (await import('./acme.ts')).conversation,",
    "  'acme-home': async () => (await import('./acme-home.ts')).conversation,",
    "  'acme/app': async () => (await import('./acme-app.ts')).conversation,",
    "  'acme/key': async () => (await import('./acme.ts')).keyConversation,",
  ]));
