import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { luxpower } from '../../functions/push-solar-data/adapters/luxpower.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import {
  account,
  asked,
  conversation,
  gridBossConversation,
  hybrid,
  inverter,
  inverterPath,
  loggedIn,
  logIn,
  logInPath,
  logInTo,
  now,
  plant,
  runtime,
  session,
  timeText,
} from '../conversations/luxpower.ts';
import { type Answer, type Exchange, playChargeHq, playConversation } from '../support/conversation.ts';
import { openHome, type Played, playAdapter, settingTexts } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

testAdapter(luxpower, conversation);
testAdapter(luxpower, gridBossConversation);

type Options = { settings?: Record<string, string>; ticks?: number; everySeconds?: number };
const play = (exchanges: Exchange[], { settings = {}, ...options }: Options = {}) =>
  playAdapter(luxpower, { settings: { ...account, ...settings }, now, exchanges, ...options });
const pathsOf = ({ vendor }: Played) => vendor.received.map(({ path }) => path);
const one = inverter('INVERTER01');
const refused = (more: Record<string, unknown>): Answer => ({ json: { success: false, ...more } });
const logInPage: Answer = {
  text: '<!DOCTYPE html><html><body><form action="/WManage/web/login"></form></body></html>',
};

describe('LuxPower is logged in to', () => {
  it('with a form, and sends back the session alone', async () => {
    const answer = loggedIn([plant(4711, 'Home', one)]);
    const more = { 'Set-Cookie': `JSESSIONID=${session(1)}; Path=/WManage; HttpOnly` };
    const { vendor, report } = await play([logIn({ ...answer, headers: more }), runtime('INVERTER01', hybrid)]);
    assert.equal(report.outcome, 'pushed');
    const [first, second] = vendor.received;
    assert.deepEqual(first?.body, { ...account, language: 'ENGLISH' });
    assert.equal(first?.headers['cookie'], undefined);
    assert.equal(second?.headers['cookie'], `JSESSIONID=${session(1)}`);
    assert.match(String(second?.headers['content-type']), /x-www-form-urlencoded/);
  });

  const atPoll = (nth: number) => ({ serverTime: timeText(Date.parse(now) + nth * 60_000) });
  /** The second poll finds the session refused; another log-in gives another one. */
  const ended = (refusal: Answer, again: Answer = { json: {} }) => [
    logInTo(one),
    runtime('INVERTER01', { ...hybrid, ...atPoll(0) }),
    asked(inverterPath, 'INVERTER01', refusal),
    logIn(loggedIn([plant(4711, 'Home', one)], 2)),
    asked(inverterPath, 'INVERTER01', again, 2),
  ];
  const reading = { json: { success: true, ...hybrid, ...atPoll(1) } };

  it('once, however often it is asked', async () => {
    const polls = [0, 1, 2].map((nth) => runtime('INVERTER01', { ...hybrid, ...atPoll(nth) }));
    const played = await play([logInTo(one), ...polls], { ticks: 3 });
    assert.deepEqual(pathsOf(played), [logInPath, inverterPath, inverterPath, inverterPath]);
    assert.equal(played.pushes.length, 3);
  });

  for (const [what, refusal] of [
    ['the page of the log-in', logInPage],
    ['HTTP 401', { status: 401, json: {} }],
    ...[301, 302, 303, 307, 308].map((status) => [
      `a redirect (${status})`,
      { status, headers: { location: '{server}/WManage/web/login' } },
    ]),
    ['a device that it does not know any more', refused({ msg: 'Device not found' })],
  ] as [string, Answer][]) {
    it(`again after ${what}, and reads at once`, async () => {
      const played = await play(ended(refusal, reading), { ticks: 2 });
      assert.equal(played.report.outcome, 'pushed', played.report.error);
      assert.deepEqual(pathsOf(played), [logInPath, inverterPath, inverterPath, logInPath, inverterPath]);
    });

    it(`but not a third time for ${what}`, async () => {
      const played = await play(ended(refusal, refusal), { ticks: 2 });
      assert.equal(played.report.kind, 'auth');
      assert.equal(pathsOf(played).filter((path) => path === logInPath).length, 2);
    });
  }

  it('again where the list of its devices was not kept', async () => {
    const exchanges = [0, 1].map((nth) => runtime('INVERTER01', { ...hybrid, ...atPoll(nth) }));
    const vendor = await playConversation([logInTo(one), ...exchanges]);
    const chargeHq = await playChargeHq();
    const store = memoryStore();
    const texts = settingTexts('luxpower', { ...account, baseUrl: vendor.url });
    const home = openHome({
      adapters: [luxpower],
      now,
      store,
      texts: { ...texts, VENDOR: 'luxpower', CHARGE_HQ_URL: chargeHq.url },
    });
    await home.tick();
    store.documents.delete('adapter/luxpower');
    home.coldStart();
    home.clock.advance(60);
    await home.tick();
    await home.close();
    await vendor.close();
    await chargeHq.close();
    const paths = vendor.received.map(({ path }) => path);
    assert.deepEqual(paths, [logInPath, inverterPath, logInPath, inverterPath]);
  });

  it('and reads what the new log-in lists', async () => {
    const exchanges = [
      ...ended(refused({ msg: 'DEVICE_NOT_FOUND' })).slice(0, 3),
      logIn(loggedIn([plant(4711, 'Home', inverter('INVERTER09'))], 2)),
      asked(inverterPath, 'INVERTER09', reading, 2),
    ];
    const { vendor, report } = await play(exchanges, { ticks: 2 });
    assert.deepEqual(vendor.misses, []);
    assert.match(report.error ?? '', /INVERTER01/, 'the one that was there is missed for a day');
  });

  const answers: [what: string, answer: Answer, kind: FailureKind, sentence: RegExp][] = [
    ['wrong credentials', refused({ message: 'Invalid user' }), 'auth', /LUXPOWER_PASSWORD.*LUXPOWER_SERVER.*Invalid/],
    ['a refusal without words', refused({}), 'auth', /LUXPOWER_ACCOUNT/],
    ['a portal that is busy', refused({ msg: 'DEVICE_BUSY' }), 'unavailable', /dongle/],
    ['a page', logInPage, 'bad-response', /HTML|JSON|page/],
    ['a redirect', { status: 302, headers: { location: '/' } }, 'bad-response', /302/],
    ['no session', { json: { success: true, plants: [plant(4711, 'Home', one)] } }, 'bad-response', /session/],
    [
      'an empty session',
      { headers: { 'Set-Cookie': 'JSESSIONID=; Path=/WManage' }, json: { success: true, plants: [] } },
      'bad-response',
      /session/,
    ],
    ['trouble', { status: 502, text: '<html>' }, 'unavailable', /502/],
  ];
  for (const [what, answer, kind, sentence] of answers)
    it(`${kind} where the log-in is answered with ${what}`, async () => {
      const { report } = await play([logIn(answer)]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
    });
});

describe('LuxPower refuses', () => {
  const rows: [what: string, answer: Answer, kind: FailureKind, sentence?: RegExp][] = [
    ...['DATAFRAME_TIMEOUT', 'TIMEOUT', 'BUSY', 'DEVICE_BUSY', 'COMMUNICATION_ERROR'].flatMap(
      (word): [string, Answer, FailureKind, RegExp][] => [
        [`${word} as msg`, refused({ msg: word }), 'unavailable', /dongle/],
        [`${word} as message`, refused({ message: word, msg: '' }), 'unavailable', /dongle/],
      ],
    ),
    ['apiBlocked as a flag', refused({ apiBlocked: true, msg: 'sorry' }), 'auth', /does not let/],
    ['apiBlocked as a word', refused({ msg: 'apiBlocked' }), 'auth', /does not let/],
    ['what is not blocked', refused({ apiBlocked: false, msg: 'SOMETHING' }), 'bad-response', /SOMETHING/],
    ['HTTP 403', { status: 403, json: {} }, 'auth'],
    ['a device that is not accessible', refused({ msg: 'Device not accessible' }), 'auth', /LUXPOWER_SERIALS/],
    ['another type of device', refused({ msg: 'DEVICE_ERROR_UNSUPPORT_DEVICE_TYPE' }), 'bad-response'],
    ['without a reason', refused({}), 'bad-response', /no reason/],
    ['HTTP 429', { status: 429, text: 'Too Many Requests' }, 'rate-limited'],
    ['HTTP 500 that says no', { status: 500, json: { success: false, msg: 'x' } }, 'unavailable'],
    [
      'figures of another inverter',
      { json: { success: true, ...hybrid, serialNum: 'OTHER' } },
      'bad-response',
      /OTHER/,
    ],
  ];
  for (const [what, answer, kind, sentence = /./] of rows)
    it(`${kind}: ${what}`, async () => {
      const played = await play([logInTo(one), asked(inverterPath, 'INVERTER01', answer)]);
      assert.equal(played.report.kind, kind);
      assert.match(played.report.error ?? '', sentence);
      const calls = pathsOf(played);
      assert.equal(calls.filter((path) => path === logInPath).length, 1, 'log-ins');
      assert.equal(calls.filter((path) => path === inverterPath).length, kind === 'unavailable' ? 2 : 1, 'calls');
    });
});
