import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { helpOf } from '../../functions/push-solar-data/local/command-help.ts';
import { commandLine } from '../../functions/push-solar-data/local/command-line.ts';
import { type Command, type CommandName, commands } from '../../functions/push-solar-data/local/commands.ts';

describe('the words behind a command', () => {
  for (const [name, args, sentence] of [
    [
      'status',
      ['--jsno'],
      '"--jsno" is no option of npm run status. Did you mean --json? All options: npm run status -- --help',
    ],
    ['status', ['-x'], '"-x" is no option of npm run status. All options: npm run status -- --help'],
    ['status', ['--json=yes'], "Option '--json' does not take an argument. All options: npm run status -- --help"],
    [
      'logs',
      ['--min', '3'],
      '"--min" is no option of npm run logs. Did you mean --minutes? All options: npm run logs -- --help',
    ],
    ['logs', ['--minutes'], "Option '--minutes <value>' argument missing. All options: npm run logs -- --help"],
    [
      'doctor',
      ['aws'],
      '"aws" is no option of npm run doctor. Did you mean --aws? All options: npm run doctor -- --help',
    ],
    ['start', ['now'], '"now" is no option of npm start. All options: npm start -- --help'],
    [
      'connect',
      ['tesla', 'x'],
      'npm run connect takes one word, <vendor>: "x" is too much. All options: npm run connect -- --help',
    ],
    [
      'deploy',
      ['--no-rollback'],
      '"--no-rollback" is no option of npm run deploy. All options: npm run deploy -- --help',
    ],
  ] as const)
    it(`are refused where they are no option: ${name} ${args.join(' ')}`, () =>
      assert.throws(() => commandLine(name, args), { message: sentence, kind: 'settings' }));

  it('never show what may be a secret', () => {
    for (const args of [['FOXESS_API_KEY=s3cret'], ['--sett=s3cret']])
      assert.throws(
        () => commandLine('configure', args),
        ({ message }: Error) => !message.includes('s3cret'),
      );
  });

  it('are read by the table', () => {
    const { values, words } = commandLine('connect', ['roof', '--aws', '--port', '9000']);
    assert.deepEqual([{ ...values }, words], [{ aws: true, port: '9000' }, ['roof']]);
  });

  it('of CDK itself stand behind a further --, and reach it with the others', () => {
    const { values, forCdk } = commandLine('deploy', ['-c', 'SITE=cabin', '--', '--no-rollback', '--x=y']);
    assert.deepEqual(values.context, ['SITE=cabin']);
    assert.deepEqual(forCdk, ['-c', 'SITE=cabin', '--no-rollback', '--x=y']);
  });

  it('that npm has kept are asked for again', () => {
    const kept = (environment: NodeJS.ProcessEnv, args: string[] = []) => commandLine('doctor', args, environment);
    const environment = { npm_lifecycle_event: 'doctor', npm_config_aws: 'true' };
    const message =
      'npm has kept --aws for itself: options stand behind two more hyphens, as in npm run doctor -- --aws';
    assert.throws(() => kept(environment), { message });
    assert.deepEqual({ ...kept(environment, ['--aws']).values }, { aws: true });
    assert.deepEqual({ ...kept({ ...environment, npm_lifecycle_event: 'test' }).values }, {});
  });
});

describe('the table of commands', () => {
  const root = join(import.meta.dirname, '../..');
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };

  it('holds every command of an owner', () => {
    const forDevelopers = /^(?:test|types|lint|bundle|synth|postinstall|fuzz|soak|bench|pictures)(?::|$)/;
    const names = Object.keys(scripts).filter((name) => !forDevelopers.test(name));
    assert.deepEqual(names.sort(), Object.keys(commands).sort());
  });

  for (const [name, command] of Object.entries(commands) as [CommandName, Command][]) {
    it(`${name} has a help with all that an owner asks`, () => {
      const help = helpOf(command);
      for (const option of [...Object.keys(command.options), 'help']) assert.ok(help.includes(`--${option}`), option);
      for (const [example] of command.examples) assert.ok(help.includes(`\n    ${example}\n`), example);
      for (const code of Object.keys(command.ends)) assert.match(help, new RegExp(`^  ${code} +\\S`, 'm'));
    });

    for (const columns of [120, 80, 44])
      it(`${name} has a help that fits ${columns} columns, and no word of it is broken`, () => {
        const wordsOf = (text: string) => text.split(/[\s\\]+/).filter(Boolean);
        const help = helpOf(command, columns);
        for (const line of help.split('\n')) assert.ok(line.length <= Math.min(columns, 80), line);
        assert.deepEqual(wordsOf(help), wordsOf(helpOf(command)));
      });

    it(`${name} has examples that its own command line takes`, () => {
      for (const [example] of command.examples) {
        const [run, ...rest] = example.replace(/ < .*/, '').split(' -- ');
        assert.equal(run?.replace(' -s ', ' '), command.run.replace(' -s ', ' '));
        commandLine(
          name,
          rest
            .join(' -- ')
            .split(' ')
            .filter((word) => word !== ''),
        );
      }
    });
  }
});
