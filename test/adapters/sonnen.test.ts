import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sonnen } from '../../functions/push-solar-data/adapters/sonnen.ts';
import { commonSettings, ownSettings } from '../../functions/push-solar-data/local/known-settings.ts';
import { asked, conversation, localSettings, now, status, statusPath } from '../conversations/sonnen.ts';
import type { Answer } from '../support/conversation.ts';
import { discover } from '../support/discover.ts';
import { playAdapter } from '../support/home.ts';
import { testAdapter } from './test-adapter.ts';

type Options = Partial<Parameters<typeof playAdapter>[1]>;
const play = (answers: Answer[], { settings, ...options }: Options = {}) =>
  playAdapter(sonnen, {
    settings: { ...localSettings, ...settings },
    now,
    exchanges: answers.map(asked),
    ...options,
  });
const playStatus = (changed: object, options: Options = {}) => play([{ json: { ...status, ...changed } }], options);

testAdapter(sonnen, conversation);

describe('the battery maps', () => {
  const { siteMeters } = conversation.push;
  const rows: [what: string, changed: object, figures: Record<string, number | undefined>][] = [
    [
      'a purchase and a discharge',
      { GridFeedIn_W: -2570, Pac_total_W: 2997, Production_W: 1758 },
      {
        ...{ production_kw: 1.758, net_import_kw: 2.57, battery_discharge_kw: 2.997, consumption_kw: 7.325 },
      },
    ],
    [
      'nothing from or to the grid',
      { GridFeedIn_W: 0, Pac_total_W: -3800 },
      { net_import_kw: 0, battery_discharge_kw: -3.8 },
    ],
    ['an empty battery', { USOC: 0 }, { battery_soc: 0 }],
    ['no charge that cannot be', { USOC: 101 }, { battery_soc: undefined }],
    ['no charge that is missing', { USOC: null }, { battery_soc: undefined }],
  ];
  for (const [what, changed, figures] of rows)
    it(what, async () => {
      const { pushes, report } = await playStatus(changed);
      const expected = Object.entries({ ...siteMeters, ...figures }).filter(([, figure]) => figure !== undefined);
      assert.deepEqual(pushes[0]?.siteMeters, Object.fromEntries(expected), report.error);
      assert.equal(JSON.stringify(pushes).includes('-0,'), false);
    });

  for (const name of ['Production_W', 'GridFeedIn_W', 'Pac_total_W'])
    it(`nothing without ${name}, or where it is no number`, async () => {
      for (const figure of [undefined, null, 'error'])
        assert.equal((await playStatus({ [name]: figure })).report.kind, 'bad-response');
    });

  it('what it needs, whatever else cannot be read', async () => {
    const { pushes, report } = await playStatus({ Consumption_W: 'error' });
    assert.deepEqual(pushes[0]?.siteMeters, siteMeters, report.error);
  });
});

describe("the battery's clock", () => {
  it('tells the time of measurement with a time zone, in summer and in winter', async () => {
    for (const [at, shown, zone] of [
      ['2026-05-01T10:00:20Z', '2026-05-01 12:00:15', 'Europe/Berlin'],
      ['2026-12-01T11:00:20Z', '2026-12-01 12:00:15', 'Europe/Berlin'],
      ['2026-04-30T14:00:10Z', '2026-05-01 00:00:05', 'Australia/Sydney'],
    ] as const) {
      const { pushes } = await playStatus({ Timestamp: shown }, { now: at, settings: { timeZone: zone } });
      assert.equal(pushes[0]?.tsms, Date.parse(at) - 5_000);
    }
  });

  it('is followed through the hour that comes twice', async () => {
    const at = (time: string): Answer => ({ json: { ...status, Timestamp: `2026-10-25 ${time}` } });
    const answers = [at('02:59:55'), at('02:00:55'), at('02:59:55'), at('03:00:55')];
    const played = await Promise.all(
      ['2026-10-25T01:00:00Z', '2026-10-25T01:01:00Z', '2026-10-25T02:00:00Z', '2026-10-25T02:01:00Z'].map(
        async (moment, nth) => (await play(answers.slice(nth, nth + 1), { now: moment })).pushes[0]?.tsms,
      ),
    );
    const expected = ['00:59:55', '01:00:55', '01:59:55', '02:00:55'];
    assert.deepEqual(
      played,
      expected.map((time) => Date.parse(`2026-10-25T${time}Z`)),
    );
  });

  it('that hangs is noticed after five minutes', async () => {
    const ofTick = async (ticks: number) => (await playStatus({}, { ticks })).report.kind;
    assert.equal(await ofTick(5), undefined);
    assert.equal(await ofTick(6), 'stale');
  });

  it('is left out without a time zone, whatever it shows', async () => {
    for (const Timestamp of ['2020-01-01 00:00:00', 1_577_836_800]) {
      const { pushes, report } = await playStatus({ Timestamp }, { settings: { timeZone: '' } });
      assert.equal(pushes[0]?.tsms, undefined);
      assert.deepEqual(pushes[0]?.siteMeters, conversation.push.siteMeters, report.error);
    }
  });

  it('cannot be told from a text that is none', async () => {
    for (const Timestamp of ['soon', null, 5])
      assert.equal((await playStatus({ Timestamp })).report.kind, 'bad-response');
  });
});

describe('a solar power of 0', () => {
  const dark = { Production_W: 0, GridFeedIn_W: -1200, Pac_total_W: 0 };
  /** What is told of solar power at each minute, or the kind of error, by a battery without a time zone. */
  const told = async (...each: object[]) => {
    const exchanges = each.map((changed) => asked({ json: { ...status, ...changed } }));
    const settings = { authToken: localSettings.authToken };
    const { pushes } = await playAdapter(sonnen, { settings, now, exchanges, ticks: each.length });
    return pushes.map(({ siteMeters, error }) => siteMeters?.['production_kw'] ?? error);
  };
  const mistake = /by mistake/;

  it('is not believed for five minutes after sun, and then it is', async () => {
    const [first, ...rest] = await told({}, dark, dark, dark, dark, dark, dark);
    assert.equal(first, 5);
    for (const each of rest.slice(0, 4)) assert.match(String(each), mistake);
    assert.deepEqual(rest.slice(4), [0, 0]);
  });

  it('is believed at once after 200 W, after 0, and with nothing before it', async () => {
    const faint = { ...dark, Production_W: 200, GridFeedIn_W: -1000 };
    assert.deepEqual(await told({}, faint, dark, dark), [5, 0.2, 0, 0]);
    assert.deepEqual(await told(dark), [0]);
  });

  it('counts from the last reading that was believed', async () => {
    const [, , second, , again] = await told({}, dark, {}, dark, {});
    assert.deepEqual([second, again], [5, 5]);
    const late = await told({}, {}, dark, dark, dark, dark, dark);
    assert.match(String(late[5]), mistake);
    assert.equal(late[6], 0);
  });

  it('is not held against an old reading, which tells nothing of now', async () => {
    const later = { ...status, Timestamp: '2026-05-01 12:01:15' };
    const stale = { ...status, Timestamp: '2026-05-01 11:50:00' };
    const { pushes } = await play([{ json: { ...stale } }, { json: { ...later, ...dark } }], { ticks: 2 });
    assert.match(String(pushes[0]?.error), /old/);
    assert.equal(pushes[1]?.siteMeters?.['production_kw'], 0);
  });

  it('is not demanded of a source that gives something else', async () => {
    const { pushes } = await play(
      [{ json: status }, { json: { ...status, ...dark, Timestamp: '2026-05-01 12:01:15' } }],
      {
        ticks: 2,
        texts: { SONNEN_TAKE: 'grid,battery' },
      },
    );
    assert.equal(pushes[1]?.siteMeters?.['net_import_kw'], 1.2);
  });
});

describe('a home that would use less than nothing', () => {
  const exporting = (Consumption_W: unknown, GridFeedIn_W = 5000) => ({
    GridFeedIn_W,
    Consumption_W,
    Pac_total_W: -400,
  });
  const rows: [string, object, number | 'bad-response'][] = [
    ['is not believed where the battery knows better', exporting(700), 'bad-response'],
    ['is not believed where the battery says nothing', exporting(undefined), 'bad-response'],
    ['is believed where the battery says so too', exporting(-400), -0.4],
    ['is believed up to 200 W of difference', exporting(-200), -0.4],
    ['is not believed beyond', exporting(-199), 'bad-response'],
    ['is believed down to 50 W', exporting(1200, 4650), -0.05],
    ['is not believed below', exporting(1200, 4651), 'bad-response'],
  ];
  for (const [what, changed, expected] of rows)
    it(what, async () => {
      const { pushes, report } = await playStatus(changed);
      assert.equal(report.kind ?? pushes[0]?.siteMeters?.['consumption_kw'], expected);
    });
});

describe('the tunnel', () => {
  const tunnelHeaders = 'CF-Access-Client-Id: opensesame, CF-Access-Client-Secret: secret:of-the-tunnel';

  it('gets its headers, which no log shows', async () => {
    const { vendor } = await play([{ json: status }], { settings: { tunnelHeaders } });
    const { headers, path } = vendor.received[0] ?? {};
    assert.equal(path, statusPath);
    assert.equal(headers?.['cf-access-client-id'], 'opensesame');
    assert.equal(headers?.['cf-access-client-secret'], 'secret:of-the-tunnel');
    const echo = { status: 500, headers: { 'content-type': 'application/json' }, json: { opensesame: 1 } };
    const { report } = await play([echo], { settings: { tunnelHeaders } });
    assert.equal(JSON.stringify(report).includes('opensesame'), false);
  });

  const json = { 'content-type': 'application/json' };
  const rows: [string, Answer, string, RegExp][] = [
    ['a token that is wrong', { status: 401, json: { error: 'Unauthorized' } }, 'auth', /SONNEN_AUTH_TOKEN.*Read API/],
    ['an API that is off', { status: 403, json: {} }, 'auth', /SONNEN_AUTH_TOKEN/],
    ['a tunnel that refuses', { status: 403, text: '<html>Forbidden</html>' }, 'auth', /SONNEN_TUNNEL_HEADERS/],
    ['an old firmware', { status: 404, json: {} }, 'bad-response', /SONNEN_BASE_URL/],
    ['a tunnel without battery', { status: 502, text: '<html>502</html>' }, 'unavailable', /502/],
    ["the tunnel's own page", { text: '<html>Welcome</html>' }, 'unavailable', /page of its own/],
    [
      'a text',
      { text: 'no battery here', headers: { 'content-type': 'text/plain' } },
      'unavailable',
      /page of its own/,
    ],
    ['a page that is called JSON', { text: '<html>Welcome</html>', headers: json }, 'unavailable', /page of its own/],
    ['a log-in elsewhere', { status: 302, text: '' }, 'unavailable', /SONNEN_TUNNEL_HEADERS/],
    ['broken JSON', { text: '{"Production_W": 1', headers: json }, 'bad-response', /JSON/],
  ];
  for (const [what, answer, kind, sentence] of rows)
    it(`is told from the battery: ${what}`, async () => {
      const { report } = await play([answer]);
      assert.equal(report.kind, kind);
      assert.match(report.error ?? '', sentence);
    });
});

describe('the settings of mode local', () => {
  for (const [what, settings, problem] of [
    ['no address', { baseUrl: '' }, /SONNEN_BASE_URL is missing/],
    ['an address of the home itself', { baseUrl: 'http://192.168.1.7' }, /SONNEN_BASE_URL must be an address/],
    ['no token', { authToken: '' }, /SONNEN_AUTH_TOKEN is missing/],
    ['a header without a name', { tunnelHeaders: 'opensesame' }, /SONNEN_TUNNEL_HEADERS must be headers/],
    ['a value with a comma', { tunnelHeaders: 'X-Tunnel: one,two' }, /SONNEN_TUNNEL_HEADERS must be headers/],
    ['a credential too short to be hidden', { tunnelHeaders: 'X-Token: abc' }, /SONNEN_TUNNEL_HEADERS must be headers/],
    ['another mode', { mode: 'lan' }, /SONNEN_MODE must be local or cloud/],
  ] as [string, Record<string, string>, RegExp][])
    it(`are wrong with ${what}, and nobody is asked`, async () => {
      const { report, vendor } = await play([{ json: status }], { settings });
      assert.equal(report.kind, 'settings');
      assert.match(report.error ?? '', problem);
      assert.equal(vendor.received.length, 0);
    });

  it('are listed once each, the address too', () => {
    const names = [...ownSettings('sonnen', sonnen).values(), ...commonSettings('sonnen', sonnen)].map(
      ({ name }) => name,
    );
    assert.equal(names.filter((name) => name === 'SONNEN_BASE_URL').length, 1);
  });

  it('offer nothing to choose', async () => {
    assert.deepEqual(await discover(sonnen, { settings: localSettings, now, exchanges: [] }), {});
  });
});
