/** What the commands print, in terminals of three widths: nothing is wider, no word is broken, and the cursor is there. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { playVictron, token } from '../local/victron-cloud.ts';
import { playConversation } from '../support/conversation.ts';
import { openPseudoTerminal, type PseudoTerminal, skip, widths } from '../support/pseudo-terminal.ts';
import { keys, temporaryFolder } from '../support/terminal.ts';

/** At which everything stands on lines of its own. */
const wide = 400;

const infra = (command: string) => join(import.meta.dirname, `../../infra/commands/${command}.ts`);

/** The terminal after the command has ended. */
async function ended(
  t: TestContext,
  command: string,
  columns: number,
  { args = [], environment = {} }: { args?: readonly string[]; environment?: Record<string, string> } = {},
): Promise<PseudoTerminal> {
  const terminal = openPseudoTerminal(t, command, { folder: temporaryFolder(t), args, columns, environment });
  await terminal.ended;
  return terminal;
}

/** Without figures, which may be other ones by now, and without the colon of `name: value`. */
const words = (lines: readonly string[]): Set<string> =>
  new Set(
    lines
      .flatMap((line) => line.split(/\s+/))
      .map((word) => word.replace(/[:,]$/, ''))
      .filter((word) => /\D/.test(word)),
  );

function assertFits(terminal: PseudoTerminal, columns: number): void {
  const screen = terminal.screen();
  assert.deepEqual(screen.broken(), [], `wider than ${columns} columns:\n${screen.lines().join('\n')}`);
  assert.ok(screen.isCursorShown());
}

const victron = async (t: TestContext) => ({
  VENDOR: 'roof:victron-vrm,garage:victron-vrm',
  GARAGE_TAKE: 'production',
  ...Object.fromEntries(
    ['ROOF', 'GARAGE'].flatMap((label) => [
      [`${label}_ACCESS_TOKEN`, token],
      [`${label}_ID_SITE`, '4711'],
    ]),
  ),
  ...(await cloudOf(t)),
});

async function cloudOf(t: TestContext): Promise<Record<string, string>> {
  const { url } = await playVictron(t);
  return { ROOF_BASE_URL: url, GARAGE_BASE_URL: url };
}

const report: TickReport = {
  outcome: 'pushed',
  site: 'home',
  figures: { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7, battery_soc: 0.55 },
  derived: ['consumption_kw'],
  age_s: 40,
  sources: [
    { label: 'roof', vendor: 'victron-vrm', result: 'read', ms: 200, notes: ['the installation has two meters'] },
  ],
  destinations: [
    { label: 'charge-hq', outcome: 'pushed', ms: 100 },
    {
      label: 'house',
      outcome: 'failed',
      kind: 'auth',
      error: 'MQTT broker refuses the password: check HOUSE_PASSWORD',
      ms: 90,
    },
  ],
  warnings: ['production of 4.2 kW in the night'],
  ms: 500,
};
const refused: TickReport = {
  outcome: 'reported',
  site: 'home',
  kind: 'auth',
  error: 'Victron VRM refused the credentials: check VICTRON_VRM_ACCESS_TOKEN',
  sources: [],
  destinations: [{ label: 'charge-hq', outcome: 'reported', ms: 100 }],
  ms: 500,
};

/** CloudWatch Logs with three lines of the deployed function. */
async function playLogs(t: TestContext): Promise<Record<string, string>> {
  const line = (minutes: number, message: object) => ({
    timestamp: Date.now() - minutes * 60_000,
    message: JSON.stringify(message),
  });
  const brokenOff = { type: 'platform.report', record: { status: 'timeout', metrics: { durationMs: 1 } } };
  const events = [line(5, report), line(4, brokenOff), line(2, refused)];
  const logs = await playConversation([{ method: 'POST', path: '/', answer: () => ({ json: { events } }) }]);
  t.after(() => logs.close());
  return {
    AWS_REGION: 'eu-central-1',
    AWS_ENDPOINT_URL: logs.url,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** The same of several homes, of which some never ticked. */
const playVillage = async (t: TestContext) => ({ ...(await playLogs(t)), SITE: 'home,cabin,a-house-with-a-long-name' });

const nothing = async () => ({});

describe('in a terminal of any width fits', { skip }, () => {
  for (const [what, command, args, environmentOf] of [
    ['the table of the doctor', 'doctor', [], victron],
    [
      'what the doctor says of a refusal',
      'doctor',
      [],
      async (t) => ({ ...(await victron(t)), ROOF_ACCESS_TOKEN: 'another token' }),
    ],
    ['what the doctor says without settings', 'doctor', [], nothing],
    ['all makers', 'vendors', [], nothing],
    ['the list of makers', 'vendors', ['home'], nothing],
    ['what is said of a maker that is not known', 'vendors', ['a-maker-of-nothing-at-all'], nothing],
    ['the status', infra('status'), [], playLogs],
    ['the logs', infra('logs'), [], playLogs],
    ['the status of several homes', infra('status'), [], playVillage],
    ['the logs of several homes', infra('logs'), [], playVillage],
    ['what is said where no region is set', infra('destroy'), [], nothing],
  ] as const satisfies [string, string, string[], (t: TestContext) => Promise<Record<string, string>>][])
    it(what, async (t) => {
      const environment = await environmentOf(t);
      const asIs = (await ended(t, command, wide, { args, environment })).screen().lines();
      for (const columns of widths) {
        const terminal = await ended(t, command, columns, { args, environment });
        assertFits(terminal, columns);
        const all = words(asIs);
        const strange = [...words(terminal.screen().lines())].filter((word) => !all.has(word));
        assert.deepEqual(strange, [], 'words that are not there in a wide terminal: they were broken');
      }
    });
});

describe('colours', { skip }, () => {
  const csi = '\u001b[';

  it('mark directions and trouble, and no sentence needs them', async (t) => {
    const environment = { ...(await victron(t)), NO_COLOR: '1' };
    const { NO_COLOR: _, ...coloured } = environment;
    const withColours = await ended(t, 'doctor', 120, { environment: coloured });
    const without = await ended(t, 'doctor', 120, { environment });
    assert.ok(withColours.raw().includes(`${csi}36mexporting${csi}39m 1.50 kW`));
    assert.ok(!without.raw().includes(csi));
    assert.deepEqual(words(withColours.screen().lines()), words(without.screen().lines()));
  });

  it('are of outcomes in the logs', async (t) => {
    const environment = await playLogs(t);
    const shown = (await ended(t, infra('logs'), 120, { environment })).raw();
    for (const [word, colour] of [
      ['pushed', 32],
      ['reported', 33],
      ['!', 33],
    ])
      assert.ok(shown.includes(`${csi}${colour}m${word}${csi}39m `), word?.toString());
  });
});

describe('configure in a terminal', { skip }, () => {
  for (const columns of widths)
    it(`of ${columns} columns breaks no word of its questions, lists and figures`, async (t) => {
      const folder = temporaryFolder(t);
      const { url } = await playVictron(t);
      const environment = { VICTRON_VRM_BASE_URL: url };
      const terminal = openPseudoTerminal(t, 'configure', { folder, columns, environment });
      const { answer, until, type } = terminal;
      const shown: string[] = [];
      const look = () => shown.push(...terminal.screen().lines());
      await until(/Which equipment\?.*navigate/s);
      look();
      type('victron');
      await until(/log interval of the GX/);
      look();
      type(keys.enter);
      await answer(/VICTRON_VRM_ACCESS_TOKEN:/, token);
      await until(/Where shall the figures go.*Your webhook.*navigate/s);
      look();
      type(keys.enter);
      await answer(/another destination too/);
      await answer(/CHARGE_HQ_API_KEY:/, 'my-own-key');
      await until(/exporting 1\.50 kW/);
      await until(/Is this what your home does right now.*navigate/s);
      look();
      type(keys.enter);
      await answer(/Send this reading to Charge HQ now/, 'n');
      assert.equal(await terminal.ended, 0);
      look();
      assertFits(terminal, columns);
      for (const line of shown) assert.ok(line.length <= columns);
      const text = shown.join(' ').replaceAll(/\s+/g, ' ');
      for (const sentence of [
        'the log interval of the GX device: set it to 1 minute',
        'Add another source: a second inverter, battery or meter',
        'the only one there.',
        'Home Assistant (webhook) (home-assistant-webhook)',
        'Charge HQ web app → My Equipment → Solar / Battery Equipment → Push API',
        'Look at the directions. Yes: store the settings',
      ])
        assert.ok(text.includes(sentence), `${sentence} is not in one piece`);
    });

  for (const [what, end, code] of [
    ['Ctrl+C', ({ type }) => type(keys.ctrlC), 130],
    ['the end of its input', ({ type }) => type('\u0004'), 130],
    ['being told to end', ({ signal }) => signal('SIGTERM'), 143],
  ] as const satisfies [string, (terminal: PseudoTerminal) => void, number][])
    it(`shows the cursor again at ${what}`, async (t) => {
      const folder = temporaryFolder(t);
      writeFileSync(join(folder, '.env'), 'VENDOR=victron-vrm\n');
      const terminal = openPseudoTerminal(t, 'configure', { folder });
      await terminal.until(/What is to be changed\?.*navigate/s);
      assert.equal(terminal.screen().isCursorShown(), false);
      end(terminal);
      assert.equal(await terminal.ended, code);
      assert.ok(terminal.screen().isCursorShown());
    });
});
