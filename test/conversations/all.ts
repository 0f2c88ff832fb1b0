/** Every adapter that talks to a cloud, with a conversation for each of its ways to talk. */
import type { Adapter } from '../../functions/push-solar-data/adapters/adapter.ts';
import { adapters } from '../../functions/push-solar-data/adapters/index.ts';
import type { AdapterConversation } from './adapter-conversation.ts';
import { conversationsByName } from './index.ts';

/** One adapter in one of its ways to talk. */
export type NamedConversation = { name: string; adapter: Adapter; conversation: AdapterConversation };

export const conversations: readonly NamedConversation[] = await Promise.all(
  Object.entries(conversationsByName).map(async ([name, load]) => {
    const adapter = await adapters[name.split('/')[0] ?? '']?.();
    if (!adapter) throw new Error(`there is no adapter for the conversation ${name}`);
    return { name, adapter, conversation: await load() };
  }),
);
