/** A Victron VRM that answers with a measurement of just now, to one token only. */
import type { TestContext } from 'node:test';
import { type MockServer, playConversation } from '../support/conversation.ts';

export const token = 'token of the barn';

export async function playVictron(t: TestContext): Promise<MockServer> {
  const headers = { 'x-authorization': `Token ${token}` };
  const values = { solar_yield: 4200, from_to_grid: -1500 };
  const extended = Object.entries(values).map(([code, rawValue]) => ({ code, rawValue }));
  const site = () => ({ idSite: 4711, name: 'Barn', last_timestamp: Math.floor(Date.now() / 1000) - 20, extended });
  const refused = { status: 401, json: { success: false } };
  const answerTo = (json: () => unknown) => (received: { headers: Record<string, unknown> }) =>
    received.headers['x-authorization'] === headers['x-authorization'] ? { json: json() } : refused;
  const stage = await playConversation([
    { path: '/v2/users/me', answer: answerTo(() => ({ user: { id: 815 } })) },
    { path: '/v2/users/815/installations', answer: answerTo(() => ({ records: [site()] })) },
  ]);
  t.after(() => stage.close());
  return stage;
}
