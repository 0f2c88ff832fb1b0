/** What `configure` makes of what a cloud lists: one is taken, several are a list, and every failure has its ways out. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import * as z from 'zod/mini';
import {
  type Adapter,
  Failure,
  list,
  number,
  orInAddress,
  secret,
  setting,
  text,
} from '../../functions/push-solar-data/adapters/adapter.ts';
import type { Choice } from '../../functions/push-solar-data/adapters/only.ts';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { keys, openTerminal, type Terminal } from '../support/terminal.ts';

const where = /Where shall the figures go\?/;
const right = /Is this what your home does right now/;
const menu = /What is to be changed\?/;
const barn: Choice = { value: '4711', title: 'Barn' };
const house: Choice = { value: '12', title: 'House' };

/** A cloud that lists what `plants` gives at each call, for a plant that is needed. */
function listing(plants: (password: string) => readonly Choice[]): Adapter {
  return adapterOf({
    vendor: 'listing-cloud',
    title: 'Listing Cloud',
    settings: {
      password: secret(text, 'Password of the app'),
      plant: setting(orInAddress(/\/plant\/(\d+)/, number({ min: 1 })), 'Number of the plant'),
    },
    discovers: ['plant'],
    discover: async ({ settings }) => ({ plant: plants(settings.password) }),
  });
}

const stored = ({ ports: { file } }: Pick<Terminal, 'ports'>): string =>
  existsSync(file) ? readFileSync(file, 'utf8') : 'no file';

function configuring(t: TestContext, adapters: Adapter | Adapter[], file?: string) {
  const terminal = openTerminal(t, registryOf(...[adapters].flat()));
  if (file !== undefined) writeFileSync(terminal.ports.file, file);
  return { ...terminal, ended: configure([], terminal.ports) };
}

/** The equipment and its password. */
async function loggingIn(terminal: Terminal, password = 'right-password'): Promise<void> {
  await terminal.answer(/Which equipment\?/);
  await terminal.answer(/LISTING_CLOUD_PASSWORD: Password/, password);
}

/** From the destination, which is put off, to the end. */
async function storing(terminal: Terminal, ended: Promise<number>): Promise<string> {
  await terminal.answer(where, 'later');
  await terminal.answer(right);
  assert.equal(await ended, 0);
  return stored(terminal);
}

describe('what a cloud lists', () => {
  it('is taken and said if it is the only one, without any question', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [barn]),
    );
    await loggingIn(terminal);
    await terminal.until(/LISTING_CLOUD_PLANT: Barn \(4711\), the only one there\./);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=4711$/m);
    assert.doesNotMatch(terminal.screen(), /Number of the plant/);
  });

  it('is a list to choose from if there are several, the same one once', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [barn, house, barn]),
    );
    await loggingIn(terminal);
    await terminal.choose(/LISTING_CLOUD_PLANT: which one\?/, /House \(12\)/);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=12$/m);
  });

  it('is searched in as one types if it is long', async (t) => {
    const many = Array.from({ length: 30 }, (_, nth) => ({ value: `${nth + 1}`, title: `Roof of ${nth + 1}` }));
    const { ended, ...terminal } = configuring(
      t,
      listing(() => many),
    );
    await loggingIn(terminal);
    await terminal.until(/LISTING_CLOUD_PLANT: which one\?.*Type to search/);
    terminal.type('roof 27');
    await terminal.answer(/❯ Roof of 27 \(27\)/);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=27$/m);
  });

  it('takes the one that is most likely meant, and says of how many', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [barn, { ...house, isLikely: true }]),
    );
    await loggingIn(terminal);
    await terminal.until(/LISTING_CLOUD_PLANT: House \(12\), most likely of 2\./);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=12$/m);
  });

  it('is asked for where the only one is doubtful', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [{ ...house, isLikely: false }]),
    );
    await loggingIn(terminal);
    await terminal.choose(/LISTING_CLOUD_PLANT: which one\?/, /House \(12\)/);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=12$/m);
  });

  it('is typed where there is nothing', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => []),
    );
    await loggingIn(terminal);
    await terminal.until(/The cloud lists nothing for LISTING_CLOUD_PLANT\./);
    await terminal.answer(/LISTING_CLOUD_PLANT: Number of the plant/, '8');
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=8$/m);
  });

  it('stands beside a wrong number that is typed, also in an address of the portal', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [barn, house]),
    );
    await loggingIn(terminal);
    await terminal.choose(/which one\?/, /Another one/);
    await terminal.answer(/LISTING_CLOUD_PLANT: Number of the plant/, '13');
    await terminal.until(/LISTING_CLOUD_PLANT: it is none of Barn \(4711\), House \(12\)/);
    terminal.type(`${keys.emptyLine}https://cloud.example.com/plant/12/today${keys.enter}`);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=12$/m, 'the number alone is stored');
  });

  it('is put before the owner again when the figures are wrong, with what is set marked', async (t) => {
    const file = 'VENDOR=listing-cloud\nLISTING_CLOUD_PASSWORD=right-password\nLISTING_CLOUD_PLANT=12\n';
    const { ended, ...terminal } = configuring(
      t,
      listing(() => [{ value: '1' }, house, barn]),
      file,
    );
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(where, 'later');
    await terminal.choose(right, /No: correct what is measured/);
    await terminal.until(/❯ House \(12\)/);
    await terminal.choose(/navigate/, /Barn/);
    await terminal.answer(right);
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), file.replace('=12', '=4711'));
  });
});

describe('what is left out of the lists, though it is needed at times', () => {
  const listed = (plants: () => readonly Choice[]) =>
    adapterOf({
      vendor: 'listing-cloud',
      title: 'Listing Cloud',
      settings: { password: secret(text, 'Password'), plant: setting(z.optional(text), 'Code of your plant') },
      discovers: ['plant'],
      discover: async () => ({ plant: plants() }),
    });

  it('is not asked for a second time', async (t) => {
    const { ended, ...terminal } = configuring(
      t,
      listed(() => [barn, house]),
    );
    await loggingIn(terminal);
    await terminal.choose(/LISTING_CLOUD_PLANT: which one\?/, /None of these/);
    assert.match(await storing(terminal, ended), /^VENDOR=listing-cloud\nLISTING_CLOUD_PASSWORD=\S+\n$/);
  });

  it('does not have a cloud asked again that the owner goes on without', async (t) => {
    let asked = 0;
    const { ended, ...terminal } = configuring(
      t,
      listed(() => {
        asked += 1;
        throw new Failure('unavailable', 'Listing Cloud does not answer in time');
      }),
    );
    await loggingIn(terminal);
    await terminal.choose(/could not be asked what there is/, /Go on without/);
    await storing(terminal, ended);
    assert.equal(asked, 1);
  });
});

const serials = adapterOf({
  vendor: 'listing-cloud',
  title: 'Listing Cloud',
  settings: { password: secret(text, 'Password'), serials: setting(z.optional(list), 'Serial numbers') },
  discover: async () => ({
    serials: [
      { value: 'A1', title: 'Roof' },
      { value: 'B2', title: 'Neighbour' },
    ],
  }),
});

describe('a list of several that may be set at once', () => {
  for (const [what, typed, expected] of [
    [
      'all of this home are not stored, so that a later one counts too',
      '',
      /^VENDOR=listing-cloud\nLISTING_CLOUD_PASSWORD=\S+\n$/,
    ],
    ['of which one is another home are', `${keys.down}${keys.space}`, /^LISTING_CLOUD_SERIALS=A1$/m],
  ] as const)
    it(what, async (t) => {
      const { ended, ...terminal } = configuring(t, serials);
      await loggingIn(terminal);
      await terminal.answer(/LISTING_CLOUD_SERIALS: which are of this home\?/, typed);
      assert.match(await storing(terminal, ended), expected);
    });
});

it('a list of which nothing is marked is not taken for all of it', async (t) => {
  const { ended, ...terminal } = configuring(t, serials);
  await loggingIn(terminal);
  await terminal.answer(/LISTING_CLOUD_SERIALS: which are of this home\?/, `${keys.space}${keys.down}${keys.space}`);
  await terminal.until(/At least one/);
  terminal.type(`${keys.space}${keys.enter}`);
  assert.match(await storing(terminal, ended), /^LISTING_CLOUD_SERIALS=B2$/m);
});

for (const [what, line] of [
  ['several that are set', 'LISTING_CLOUD_SERIALS=A1,B2\n'],
  ['all of them, of which none is set,', ''],
] as const)
  it(`${what} stay at Enter when the list is put before the owner again`, async (t) => {
    const file = `VENDOR=listing-cloud\nLISTING_CLOUD_PASSWORD=right-password\n${line}`;
    const { ended, ...terminal } = configuring(t, serials, file);
    await terminal.choose(menu, /LISTING_CLOUD_SERIALS: /);
    await terminal.answer(/LISTING_CLOUD_SERIALS: which one\?/);
    await terminal.choose(menu, /Nothing more/);
    assert.equal(await storing(terminal, ended), file);
  });

describe('what a home may have or not', () => {
  const withParts = adapterOf({
    vendor: 'listing-cloud',
    title: 'Listing Cloud',
    settings: { password: secret(text, 'Password'), battery: setting(z.optional(text), 'Battery') },
    discovers: [],
    parts: [{ question: 'Is there a battery?', settings: ['battery'] }],
    discover: async () => ({ battery: [{ value: 'cell', title: 'taking 0.50 kW now' }] }),
  });

  for (const [answer, expected] of [
    ['y', /^LISTING_CLOUD_BATTERY=cell$/m],
    ['n', /^VENDOR=listing-cloud\nLISTING_CLOUD_PASSWORD=\S+\n$/],
  ] as const)
    it(`is asked yes or no: ${answer}`, async (t) => {
      const { ended, ...terminal } = configuring(t, withParts);
      await loggingIn(terminal);
      await terminal.answer(/Is there a battery\?/, answer);
      assert.match(await storing(terminal, ended), expected);
    });
});

describe('a cloud that cannot be asked what there is', () => {
  const couldNot = /Listing Cloud could not be asked what there is/;

  it('because of the log-in is asked again with corrected credentials, and no secret is shown', async (t) => {
    const strict = listing((password) => {
      if (password !== 'right-password') throw new Failure('auth', `Listing Cloud refuses ${password}`);
      return [barn];
    });
    const { ended, ...terminal } = configuring(t, strict);
    await loggingIn(terminal, 'wrong-password');
    await terminal.until(/Listing Cloud refuses \[hidden\]\./);
    await terminal.until(/❯ Correct what it logs in with/);
    terminal.type(keys.enter);
    await terminal.answer(/LISTING_CLOUD_PASSWORD: .*set: \*+; Enter keeps it/, 'right-password');
    await terminal.until(/Barn \(4711\)/);
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PASSWORD=right-password\nLISTING_CLOUD_PLANT=4711$/m);
    assert.doesNotMatch(terminal.screen(), /(wrong|right)-password/);
  });

  for (const [entry, after] of [
    [/Try again/, /LISTING_CLOUD_PLANT: Barn \(4711\)/],
    [/Go on without its lists/, /LISTING_CLOUD_PLANT: Number of the plant/],
  ] as const)
    it(`because of the network can be answered by: ${entry.source}`, async (t) => {
      let calls = 0;
      const failing = listing(() => {
        calls += 1;
        if (calls === 1) throw new Failure('unavailable', 'Listing Cloud does not answer');
        return [barn];
      });
      const { ended, ...terminal } = configuring(t, failing);
      await loggingIn(terminal);
      await terminal.until(/Listing Cloud does not answer\./);
      await terminal.choose(couldNot, entry);
      await terminal.until(after);
      terminal.type(keys.ctrlC);
      assert.equal(await ended, 130);
      assert.equal(stored(terminal), 'no file');
    });

  it('because of an error of our own goes on all the same', async (t) => {
    const broken = listing(() => {
      throw new TypeError('undefined is no plant');
    });
    const { ended, ...terminal } = configuring(t, broken);
    await loggingIn(terminal);
    await terminal.choose(couldNot, /Go on without/);
    await terminal.answer(/Number of the plant/, '8');
    assert.match(await storing(terminal, ended), /^LISTING_CLOUD_PLANT=8$/m);
  });
});

describe('another source', () => {
  const meter = adapterOf({
    vendor: 'street-meter',
    title: 'Street Meter',
    settings: { token: secret(text, 'Token') },
    read: async () => ({ net_import_kw: -1.2 }),
  });
  const roof = adapterOf({
    vendor: 'roof-cloud',
    title: 'Roof Cloud',
    settings: { token: secret(text, 'Token of the roof') },
    read: async () => ({ production_kw: 4.2, net_import_kw: -1.5, battery_discharge_kw: -0.5, battery_soc: 0.5 }),
  });

  it('is added beside the first one, which keeps its settings, and one grid meter is said to be at the street', async (t) => {
    const file = 'VENDOR=roof-cloud\nROOF_CLOUD_TOKEN=roof-token\n';
    const { ended, ...terminal } = configuring(t, [roof, meter], file);
    await terminal.choose(menu, /Add another source/);
    await terminal.answer(/Which equipment is the other one\?/, 'street');
    await terminal.answer(/STREET_METER_TOKEN/, 'meter-token');
    await terminal.answer(where, 'later');
    await terminal.until(/Which one is at the street\?/);
    await terminal.choose(/roof-cloud: exporting 1\.50 kW/, /street-meter: exporting 1\.20 kW/);
    await terminal.until(/ROOF_CLOUD_TAKE=production,battery: the grid meter of roof-cloud does not count\./);
    await terminal.until(/exporting 1\.20 kW/);
    await terminal.answer(right);
    assert.equal(await ended, 0);
    assert.equal(
      stored(terminal),
      'VENDOR=roof-cloud,street-meter\nROOF_CLOUD_TOKEN=roof-token\nSTREET_METER_TOKEN=meter-token\nROOF_CLOUD_TAKE=production,battery\n',
    );
  });

  it('that measures nothing but a grid meter that does not count is left out', async (t) => {
    const file = 'VENDOR=roof-cloud,street-meter\nROOF_CLOUD_TOKEN=roof-token\nSTREET_METER_TOKEN=meter-token\n';
    const { ended, ...terminal } = configuring(t, [roof, meter], file);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(where, 'later');
    await terminal.answer(/Which one is at the street\?/);
    await terminal.answer(/street-meter shows no solar power now\. Does it have panels/, 'n');
    await terminal.until(/street-meter measures nothing else, so it is left out of the home\./);
    await terminal.answer(right);
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), 'VENDOR=roof-cloud\nROOF_CLOUD_TOKEN=roof-token\n');
  });

  it('whose panels may be asleep promises its solar power all the same', async (t) => {
    const file = 'VENDOR=roof-cloud,street-meter\nROOF_CLOUD_TOKEN=roof-token\nSTREET_METER_TOKEN=meter-token\n';
    const { ended, ...terminal } = configuring(t, [roof, meter], file);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(where, 'later');
    await terminal.answer(/Which one is at the street\?/);
    await terminal.answer(/street-meter shows no solar power now\. Does it have panels/);
    await terminal.until(/STREET_METER_TAKE=production: the grid meter of street-meter does not count\./);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('of the same maker gets a label of its own', async (t) => {
    const { ended, ...terminal } = configuring(t, [roof], 'VENDOR=roof-cloud\nROOF_CLOUD_TOKEN=roof-token\n');
    await terminal.choose(menu, /Add another source/);
    await terminal.answer(/Which equipment is the other one\?/);
    await terminal.answer(/Label of this roof-cloud/, `${keys.emptyLine}garage`);
    await terminal.until(/GARAGE_TOKEN/);
    terminal.type(keys.ctrlC);
    await ended;
  });
});
