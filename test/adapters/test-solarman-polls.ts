/** What SOLARMAN and Deye Cloud must do alike from poll to poll: figures that stay, what goes and comes back, a night. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { discover } from '../support/discover.ts';
import {
  account,
  callsTo,
  type Dialect,
  home,
  homeMeters,
  later,
  measured,
  now,
  plant,
  playing,
  serial,
  settings,
  speak,
} from './solarman-conversation.ts';

const everySeconds = 300;
/** When the nth frame was measured. */
const frame = (nth: number) => later(nth * everySeconds);

export function testPolls(dialect: Dialect): void {
  const { adapter, paths, keys } = dialect;
  const say = speak(dialect);
  const play = playing(adapter);
  const detailed = { ...settings, useDeviceData: 'true' };
  const texts = { pv: '4300', grid: '-1900', battery: '-1250', soc: '58', load: '1060' };
  const inverter = (nth: number, changes: Partial<Record<keyof typeof keys, string>> = {}, deviceState = 1) =>
    say.inverter(say.data({ ...texts, ...changes }), { deviceState, collectionTime: frame(nth) });
  /** Of each tick: the figures, or the error as it was told. */
  const told = async (...[exchanges, options]: Parameters<typeof play>) => {
    const ticks = exchanges.filter(({ path }) => path === paths.station || path === paths.inverter).length;
    const played = await play(exchanges, { ticks, everySeconds, ...options });
    return { ...played, told: played.pushes.map(({ siteMeters, error }) => siteMeters ?? error) };
  };

  describe(`${adapter.title}, poll after poll,`, () => {
    it('pushes a frame that stays until it is too old, and the next one again', async () => {
      const same = [0, 1, 2, 3, 4].map(() => say.station(home));
      const { told: each, pushes } = await told([say.token(), ...same, say.station(home, frame(5))]);
      assert.deepEqual(each.slice(0, 4), [homeMeters, homeMeters, homeMeters, homeMeters]);
      assert.match(String(each[4]), /old|stale|minutes/);
      assert.deepEqual(each[5], homeMeters);
      assert.deepEqual(
        pushes.map(({ tsms }) => tsms),
        [measured, measured, measured, measured, undefined, frame(5)].map((at) => at && at * 1000),
      );
    });

    it('reports a meter that is gone, and goes on when it is back', async () => {
      const { told: each } = await told([
        say.token(),
        say.station(home),
        say.station({ ...home, grid: null }, frame(1)),
        say.station({ ...home, grid: 0, battery: 0, load: 0 }, frame(2)),
        say.station(home, frame(3)),
      ]);
      assert.deepEqual([each[0], each[3]], [homeMeters, homeMeters]);
      assert.match(String(each[1]), /grid/);
      assert.match(String(each[2]), /grid/);
    });

    it('reports an inverter that is offline, and goes on when it is back', async () => {
      const exchanges = [say.token(), say.devices([serial, 'INVERTER']), inverter(0), inverter(1, {}, 3), inverter(2)];
      const { told: each, ...played } = await told(exchanges, { settings: detailed });
      assert.deepEqual([each[0], each[2]], [homeMeters, homeMeters]);
      assert.match(String(each[1]), /offline/);
      assert.equal(callsTo(paths.devices, played), 1);
    });

    it('keeps what it has found when the token ends in between', async () => {
      const refused = { json: { success: false, code: '2101019', msg: 'auth invalid token' } };
      const again = { ...inverter(1, { pv: '4400' }), headers: { authorization: 'bearer token-two' } };
      const exchanges = [
        ...[say.token(), say.devices([serial, 'INVERTER']), inverter(0)],
        ...[{ ...inverter(1), answer: refused }, say.token('token-two'), again],
      ];
      const { told: each, ...played } = await told(exchanges, { settings: detailed, ticks: 2 });
      assert.deepEqual(each, [homeMeters, { ...homeMeters, production_kw: 4.4, consumption_kw: 1.25 }]);
      assert.equal(callsTo(paths.devices, played), 1);
    });

    for (const [what, at] of [
      ['midnight in Sydney', '2026-05-10T14:00:00Z'],
      ['midnight in UTC', '2026-05-11T00:00:00Z'],
      ["the end of Europe's summer time", '2026-10-25T01:00:00Z'],
      ["the beginning of Sydney's summer time", '2026-10-03T16:00:00Z'],
    ] as const)
      it(`reads on over ${what}`, async () => {
        const first = Date.parse(at) / 1000 - 450;
        const frames = [0, 1, 2, 3].map((nth) => first + nth * everySeconds);
        const exchanges = [say.token(), ...frames.map((measuredAt) => say.station(home, measuredAt))];
        const { told: each, pushes } = await told(exchanges, { now: new Date(first * 1000 + 160_000).toISOString() });
        assert.deepEqual(each, [homeMeters, homeMeters, homeMeters, homeMeters]);
        assert.deepEqual(
          pushes.map(({ tsms }) => tsms),
          frames.map((measuredAt) => measuredAt * 1000),
        );
      });

    it('leaves out a state of charge that cannot be read, and nothing else', async () => {
      const { battery_soc: _, ...powers } = homeMeters;
      const { told: each } = await told([say.token(), say.station({ ...home, soc: 'n.a.?' })]);
      assert.deepEqual(each, [powers]);
    });

    it('names what is lacking from the first poll on', async () => {
      const lackingOf = async (figures: Parameters<typeof say.station>[0]) =>
        (await told([say.token(), say.station(figures)])).report.sources[0]?.lacking;
      assert.deepEqual(await lackingOf({ ...home, battery: null }), ['the battery power']);
      assert.deepEqual(await lackingOf({ ...home, pv: null }), ['the solar production']);
      assert.equal(await lackingOf({ ...home, battery: null, soc: null }), undefined);
    });

    it('takes a plant that was kept as a number for the same one', () => {
      assert.deepEqual(adapter.state?.safeParse({ stationId: plant }).data, { stationId: String(plant) });
    });

    it('offers the plants of the account for the setting', async () => {
      const exchanges = [say.token(), say.stations(1, 1, [{ id: plant, name: 'Home' }])];
      const found = await discover(adapter, { settings: account, now, exchanges });
      assert.deepEqual(found, { stationId: [{ value: String(plant), title: 'Home' }] });
    });
  });
}
