/** The demo at full speed: its simulated days without the pauses between the lines. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { request } from 'undici';
import { demo } from '../../functions/push-solar-data/local/demo.ts';
import { openDemoHome, spare } from '../../functions/push-solar-data/local/demo-home.ts';
import { homeLine } from '../../functions/push-solar-data/local/demo-lines.ts';
import { History, HomeState, Homes } from '../../functions/push-solar-data/local/page/page-state.ts';

const evening = Date.parse('2026-11-27T20:00:00Z');

/** What is shown up to a text that fits this, as seen from Berlin. */
async function shownUntil(last: RegExp, { isTTY = true, columns = 80, PAGE_PORT = '0' } = {}) {
  const stop = new AbortController();
  const waits: number[] = [];
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += chunk;
    if (last.test(String(chunk))) stop.abort();
    return true;
  };
  const pause = async (ms: number) => void waits.push(ms);
  const output = { isTTY, columns, write };
  const code = await demo({
    output,
    signal: stop.signal,
    settings: { PAGE_PORT },
    zone: 'Europe/Berlin',
    now: evening,
    pause,
  });
  return { code, text, lines: text.split('\n'), waits };
}

/** The powers of a line, in kW; what the battery or the grid gives is positive. */
function powersOf(line: string) {
  const powers: Record<string, number> = {};
  for (const [, name = '', direction, value] of line.matchAll(/(\w+) (gives |takes )?(\d+\.\d\d)/g))
    powers[name] = Number(value) * (direction === 'takes ' ? -1 : 1);
  const { sun = Number.NaN, home = Number.NaN, car = Number.NaN, battery = Number.NaN, grid = Number.NaN } = powers;
  return { sun, home, car, battery, grid };
}

const isHomeLine = (line: string): boolean => /^\d\d:\d\d {2}sun/.test(line);

describe('the demo in a terminal', () => {
  let day: Awaited<ReturnType<typeof shownUntil>>;
  before(async () => {
    day = await shownUntil(/^00:30/);
  });

  it('is a day of half hours from the first sun on, and the next one, each told as simulated', () => {
    const { lines, code } = day;
    assert.equal(code, 0);
    const times = lines.flatMap((line) => (isHomeLine(line) ? line.slice(0, 5) : []));
    assert.deepEqual(
      [...times.slice(0, 3), times.length, ...times.slice(-2)],
      ['08:00', '08:30', '09:00', 34, '00:00', '00:30'],
    );
    assert.deepEqual(
      lines.filter((line) => line.endsWith(', simulated')),
      ['Friday 27 November, simulated', 'Saturday 28 November, simulated'],
    );
  });

  it('says what is assumed, and where one goes on from here', () => {
    const { text } = day;
    assert.match(text, /^A day takes two minutes.* Assumed from your time\nzone: Europe\/Berlin, so 50° north\.$/m);
    assert.match(text, /steered\.\nFor your own home: npm run configure\n\nFriday/);
    assert.match(text, /^The simulation has ended\./m);
  });

  it('quotes both who are told, and neither finds anything wrong', () => {
    const { text } = day;
    assert.equal(text.match(/^ {7}Charge HQ would say: accepted, balanced, 0 s old/gm)?.length, 2);
    assert.equal(text.match(/^ {7}evcc would read: grid/gm)?.length, 2);
  });

  it('balances in each line, and the car takes nothing but the sun', () => {
    const { lines } = day;
    const powers = lines.filter(isHomeLine).map(powersOf);
    for (const { sun, home, car, battery, grid } of powers)
      assert.ok(Math.abs(sun + battery + grid - home - car) < 0.03, JSON.stringify({ sun, home, car, battery, grid }));
    const charging = powers.filter(({ car }) => car > 0);
    assert.ok(charging.length > 3);
    // Within the minute until the next message, a cloud may take what the car still draws.
    for (const { sun, home, car } of charging) assert.ok(sun - home - car > -1, `${sun} − ${home} − ${car}`);
  });

  it('says when the steering changes', () => {
    const { text } = day;
    assert.match(text, /car [1-9].*\n {7}Charge HQ would let the car charge now\n/);
    assert.match(text, /car 0\.00.*\n {7}Charge HQ would stop the car: no sun to spare\n/);
  });

  it('takes two minutes a day', async () => {
    const begun = performance.now();
    const { waits } = await shownUntil(/^09:00/);
    const tookMs = performance.now() - begun;
    // Nothing has waited, so that the last wait is all that the first hour should have taken, less what it took.
    const [anHourMs, last = 0] = [120_000 / 24, waits.at(60)];
    assert.ok(last <= anHourMs + 100 && last >= anHourMs - tookMs, `${last} ms`);
  });

  it('breaks no word on a narrow terminal', async () => {
    const { lines } = await shownUntil(/^11:00/, { columns: 44 });
    assert.deepEqual(
      lines.filter((line) => line.length > 44),
      [],
    );
    assert.match(lines.join('\n'), /^09:00 {2}sun \d\.\d\d {2}home \d\.\d\d {2}car \d\.\d\d\n {7}battery /m);
  });
});

describe('the page of the demo', () => {
  it('has the times of the simulated day, with a past that leads into it', async () => {
    const stop = new AbortController();
    const seen: { state?: HomeState; homes?: Homes; history?: History } = {};
    let text = '';
    let waits = 0;
    const get = async (path: string): Promise<unknown> => {
      const [, address] = /^See the home: (\S+)$/m.exec(text) ?? [];
      return (await request(`${address}api/${path}`)).body.json();
    };
    const pause = async () => {
      if (++waits <= 5 * 60) return;
      seen.homes = Homes.parse(await get('homes'));
      seen.history = History.parse(await get('history?hours=24'));
      seen.state = HomeState.parse(await get('state'));
      stop.abort();
    };
    const write = (chunk: string | Uint8Array) => {
      text += chunk;
      return true;
    };
    await demo({
      output: { write },
      signal: stop.signal,
      settings: {},
      zone: 'Europe/Berlin',
      now: evening,
      pause,
    });
    const begun = Date.parse('2026-11-27T07:00:00Z');
    const now = begun + 5 * 3_600_000;
    const { state, homes, history } = seen;
    assert.equal(homes?.origin, 'demo');
    assert.deepEqual([state?.now, state?.tickAt, state?.sources[0]?.next?.at], [now, now, now + 60_000]);
    assert.equal(state?.flows.sun.is === 'known' && state.flows.sun.measuredAt, now);
    assert.deepEqual(
      [state?.today.from, state?.today.until, state?.today.known],
      [new Date(now).setHours(0, 0, 0, 0), now, 1],
    );
    const { times = [], columns } = history ?? {};
    assert.deepEqual([times.length, times[0], times.at(-1)], [24 * 60 + 1, now / 1000 - 86_400, now / 1000]);
    assert.ok(columns?.production.every((power) => power !== null));
    const seam = times.indexOf(begun / 1000);
    const charges = [columns?.soc[seam - 1], columns?.soc[seam]].map(Number);
    assert.ok(Math.abs((charges[0] ?? 0) - (charges[1] ?? 100)) < 1, `${charges}`);
  });
});

describe('the demo elsewhere', () => {
  it('tells ticks as JSON with their simulated times, and what the stand-ins say', async () => {
    const { lines } = await shownUntil(/"time":"2026-11-27T08:00/, { isTTY: false });
    const ticks = lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    assert.deepEqual(
      ticks.map(({ time, outcome, destinations }) => [time, outcome, destinations.length]),
      ['07:00', '07:30', '08:00'].map((time) => [`2026-11-27T${time}:00.000Z`, 'pushed', 2]),
    );
    assert.equal(lines.filter((line) => /^ +evcc would read: grid/.test(line)).length, 3);
  });
});

describe('the home of the demo', () => {
  const place = { latitude: 50, aheadMs: 0 };
  const begins = Date.parse('2026-06-20T06:00:00Z');
  const minutes = (from: number, count: number) => Array.from({ length: count }, (_, nth) => from + nth * 60_000);

  it('gives its car no more than it lacks, and lets it drive each day', () => {
    const home = openDemoHome(begins, place);
    for (const at of minutes(begins, 18 * 60)) home.steer(home.read(at));
    const before = home.car.lacking_kwh;
    assert.ok(before < 1 && home.car.power_kw === 0, `${before} kWh`);
    home.read(begins + 18 * 3_600_000);
    assert.equal(home.car.lacking_kwh, before + 12);
  });

  it('charges its car by nothing but what it is told', () => {
    const home = openDemoHome(begins, place);
    for (const at of minutes(begins, 8 * 60)) home.read(at);
    assert.equal(home.car.drawn_kw, 0);
    home.steer({ net_import_kw: -3, battery_soc: 0.8 });
    assert.equal(home.car.power_kw, 3);
    home.steer({ net_import_kw: 2, battery_soc: 0.8 });
    assert.equal(home.car.power_kw, 0);
  });

  for (const [what, figures, car_kw, expected] of [
    ['what is exported', { net_import_kw: -2 }, 0, 2],
    ['what the car has already', { net_import_kw: 0.5 }, 3, 2.5],
    [
      'what a battery takes that is charged well',
      { net_import_kw: 0, battery_discharge_kw: -2, battery_soc: 0.6 },
      0,
      2,
    ],
    [
      'not what a battery takes that comes first',
      { net_import_kw: 0, battery_discharge_kw: -2, battery_soc: 0.4 },
      0,
      0,
    ],
    ['not what a battery gives', { net_import_kw: 0, battery_discharge_kw: 1, battery_soc: 0.6 }, 3, 2],
  ] as const)
    it(`has to spare ${what}`, () => assert.equal(spare(figures, car_kw), expected));
});

describe('a line of the demo', () => {
  const figures = { production_kw: 4.2, net_import_kw: -0.4, consumption_kw: 3.15, battery_discharge_kw: -0.65 };
  const line = (columns: number) => homeLine('10:30', { ...figures, battery_soc: 0.62 }, 2.5, columns);
  const unbroken = Number.POSITIVE_INFINITY;

  it('says every direction in words', () => {
    assert.equal(line(unbroken), '10:30  sun 4.20  home 0.65  car 2.50  battery takes 0.65 (62 %)  grid takes 0.40');
    const night = { production_kw: 0, net_import_kw: 0.3, consumption_kw: 0.3, battery_discharge_kw: 0 };
    assert.equal(
      homeLine('23:30', night, 0, unbroken),
      '23:30  sun 0.00  home 0.30  car 0.00  battery 0.00  grid gives 0.30',
    );
  });

  it('breaks between its parts', () => {
    assert.equal(
      line(44),
      '10:30  sun 4.20  home 0.65  car 2.50\n       battery takes 0.65 (62 %)\n       grid takes 0.40',
    );
  });
});
