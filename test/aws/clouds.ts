/** A Victron VRM and a Charge HQ of the test's own, which keep connections until they are told otherwise. */
import type { Socket } from 'node:net';
import {
  type Answer,
  type MockServer,
  type Push,
  playChargeHq,
  playConversation,
  type ReceivedRequest,
} from '../support/conversation.ts';

export const installation = 4711;
/** What the home measures, and what a right push says of it. */
const measured_w = { solar_yield: 4200, from_to_grid: -1500 };
export const figures = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 };

/** A cloud that can be done with the connections which lie idle, as servers and routers are after a while. */
type Forgetful = MockServer & {
  /** Closes them. */
  closeIdle(): void;
  /** Says nothing, and breaks the connection at the next request over it, which counts as not received. */
  forgetIdle(): void;
};

export type Victron = Forgetful & {
  /** The only access token that it accepts. */
  token: string;
  mode: 'works' | 'has trouble' | 'hangs';
};

/** @param now ms since the epoch; its last record is 20 s old. */
export async function playVictron(token: string, now: () => number): Promise<Victron> {
  const { answer, closeIdle, forgetIdle } = idleConnections();
  const answerWith =
    (body: () => unknown) =>
    (received: ReceivedRequest): Answer => {
      if (victron.mode === 'hangs') return { act: () => {} };
      if (victron.mode === 'has trouble') return answer(503, { success: false });
      if (received.headers['x-authorization'] !== `Token ${victron.token}`) return answer(401, { success: false });
      return answer(200, body());
    };
  const stage = await playConversation([
    { path: '/v2/users/me', answer: answerWith(() => ({ user: { id: 815 } })) },
    { path: '/v2/users/815/installations', answer: answerWith(() => ({ records: [recordAt(now())] })) },
  ]);
  const victron: Victron = { ...stage, token, mode: 'works', closeIdle, forgetIdle };
  return victron;
}

const recordAt = (now: number) => ({
  idSite: installation,
  last_timestamp: Math.floor(now / 1000) - 20,
  extended: [
    ...Object.entries(measured_w).map(([code, rawValue]) => ({ code, rawValue })),
    { code: 'consumption', rawValue: 2600, dataAttributes: [{ code: 'a1' }] },
  ],
});

export async function playChargeHqOnce(): Promise<Forgetful & { pushes: Push[] }> {
  const { answer, closeIdle, forgetIdle } = idleConnections(() => stage.pushes.pop());
  const stage = await playChargeHq(() => answer(200, {}));
  return { ...stage, closeIdle, forgetIdle };
}

/** @param unhear takes back the request that came over a forgotten connection. */
function idleConnections(unhear = () => {}) {
  const idle = new Set<Socket>();
  const forgotten = new Set<Socket>();
  const respond =
    (status: number, body: unknown): Answer['act'] =>
    (request, response) => {
      idle.add(request.socket);
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
  const breakOff: Answer['act'] = ({ socket }) => {
    unhear();
    socket.resetAndDestroy();
  };
  return {
    answer: (status: number, body: unknown): Answer => ({
      act: (request, response) =>
        (forgotten.has(request.socket) ? breakOff : respond(status, body))?.(request, response),
    }),
    closeIdle() {
      for (const socket of idle) socket.end();
      idle.clear();
    },
    forgetIdle() {
      for (const socket of idle) forgotten.add(socket);
    },
  };
}
