/** What is deployed: whose code it holds, under which licences, at what weight, and nothing of the machine that built it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir, tmpdir, userInfo } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Metafile } from 'esbuild';
import { bundle, bundleHomes } from '../../infra/bundle.ts';
import { isPermissive } from '../supply-chain/licences.ts';

const root = join(import.meta.dirname, '../..');
const secrets = {
  CHARGE_HQ_API_KEY: 'key-in-the-environment-of-the-build',
  FOXESS_API_KEY: 'foxess-key-in-the-environment-of-the-build',
  AWS_SECRET_ACCESS_KEY: 'aws-key-in-the-environment-of-the-build',
};
const ofSeveral = 'several homes';
const bundles: [what: string, (folder: string) => Metafile][] = [
  ['one home', bundle],
  [ofSeveral, bundleHomes],
];

for (const [what, bundleInto] of bundles)
  describe(`the deployed bundle of ${what}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    let kilobytes: Map<string, number>;
    let metafile: Metafile;
    let texts: Map<string, string>;

    before(() => {
      const environment = { ...process.env };
      Object.assign(process.env, secrets);
      metafile = bundleInto(folder);
      process.env = environment;
      kilobytes = kilobytesByPackage(metafile);
      texts = new Map(readdirSync(folder).map((file) => [file, readFileSync(join(folder, file), 'utf8')]));
    });
    after(() => rmSync(folder, { recursive: true }));

    it('holds only packages under permissive licences', () => {
      assert.ok(kilobytes.size > 5);
      for (const name of kilobytes.keys()) {
        const { license } = JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8'));
        assert.ok(isPermissive(license), `${name}: ${license}`);
      }
    });

    it('holds only packages that docs/dependencies.md explains, at about the weight that it says', () => {
      const explained = explainedPackages();
      for (const [name, size] of kilobytes) {
        const row = explained.find(({ names }) => names.includes(name));
        assert.ok(row, `${name} (${size.toFixed(0)} KB) is missing on docs/dependencies.md`);
      }
      for (const { names, kilobytes: said } of explained.filter((row) => isOfSeveral(row) === (what === ofSeveral))) {
        const measured = names.reduce((sum, name) => sum + (kilobytes.get(name) ?? 0), 0);
        assert.ok(
          Math.abs(said - measured) <= Math.max(2, measured * 0.2),
          `${names}: ${said} KB, measured ${measured}`,
        );
      }
    });

    it('holds JSONata in a program of its own, which no other part loads', () => {
      const outputs = Object.entries(metafile.outputs).map(([path, output]) => ({ ...output, name: basename(path) }));
      const holding = outputs.filter(({ inputs }) => Object.keys(inputs).some((input) => input.includes('/jsonata/')));
      assert.deepEqual(
        holding.map(({ name }) => name),
        ['expression-runner.mjs'],
      );
      const loaded = outputs.flatMap(({ imports }) => imports.map(({ path }) => basename(path)));
      assert.equal(loaded.includes('expression-runner.mjs'), false);
    });

    it('holds no path of the machine it was built on', () => {
      const own = [root, homedir(), userInfo().homedir, tmpdir()].filter((path) => path.split('/').length > 2);
      for (const [file, text] of texts) {
        for (const path of [...own, ...Object.keys(metafile.inputs).map((input) => join(root, input))])
          assert.equal(text.includes(path), false, `${path} in ${file}`);
        assert.doesNotMatch(text, /["'`]\/(home|Users|root)\/|[A-Z]:\\\\Users|file:\/\/\/\w|sourceMappingURL/, file);
      }
    });

    it('holds no addresses but those of adapters, Charge HQ and AWS, and those that errors of libraries quote', () => {
      const known = new Set([...ownHosts(), ...quotedHosts]);
      const found = new Set([...texts.values()].flatMap(hostsIn));
      assert.ok(found.has('api.chargehq.net'));
      const strange = [...found].filter(
        (host) =>
          !known.has(host) &&
          !/^(\{accountid\}\.)?(ssm|sns|(search-)?d(ynamo)?db|data([-.]ats)?\.iot)(-fips)?\.([\w-]+\.|\{Region\}\.)?(amazonaws|\{Part)/i.test(
            host,
          ),
      );
      assert.deepEqual(strange, []);
    });

    it('holds no value of the environment that it was built in', () => {
      for (const [file, text] of texts)
        for (const secret of Object.values(secrets)) assert.equal(text.includes(secret), false, file);
    });
  });

/** The table and the mail that names homes. */
const isOfSeveral = ({ names }: { names: string[] }): boolean =>
  names.includes('@aws-sdk/client-dynamodb') || names.includes('@aws-sdk/client-sns');

it('the bundle of one home holds nothing that only several need', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const { inputs } = bundle(folder);
  rmSync(folder, { recursive: true });
  assert.ok('functions/push-solar-data/handler.ts' in inputs);
  const strange = Object.keys(inputs).filter((path) =>
    /client-(dynamodb|sns)|\/shard|\/table|platform\/topic\./.test(path),
  );
  assert.deepEqual(strange, []);
});

/** In messages of the AWS SDK, jsonata, MQTT.js and undici; nobody asks there. */
const quotedHosts = [
  'registry.npmjs.org',
  'react-native.canny.io',
  'a.co',
  'github.com',
  'aws.amazon.com',
  'docs.aws.amazon.com',
  'docs.jsonata.org',
];

/** Hosts without those that are put together from a setting, such as a region. */
const hostsIn = (text: string): string[] =>
  [...text.matchAll(/https?:\/\/([\w.{}-]+\.[\w.{}-]+)/g)].map(([, host = '']) => host.toLowerCase());

function ownHosts(): string[] {
  return ['adapters', 'destinations'].flatMap((folder) => {
    const path = join(root, 'functions/push-solar-data', folder);
    const files = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
    return files.flatMap((file) => hostsIn(readFileSync(join(path, file), 'utf8')));
  });
}

describe('docs/dependencies.md', () => {
  it('explains every runtime dependency of package.json, and no other', () => {
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const explained = explainedPackages().map(({ names }) => names[0] ?? '');
    assert.deepEqual(explained.sort(), Object.keys(dependencies).sort());
  });
});

/** Of all packages that lie in the bundle, the code of theirs that is left after minification. */
function kilobytesByPackage({ outputs }: Metafile): Map<string, number> {
  const found = new Map<string, number>();
  for (const { inputs } of Object.values(outputs))
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
      if (name) found.set(name, (found.get(name) ?? 0) + bytesInOutput / 1000);
    }
  return found;
}

/** The rows of the page's first table: a dependency with what it brings, and kilobytes in the last column. */
function explainedPackages(): { names: string[]; kilobytes: number }[] {
  const [page = ''] = readFileSync(join(root, 'docs/dependencies.md'), 'utf8').split(/^## /m);
  const rows = page.split('\n').filter((line) => /^\| `/.test(line));
  return rows.map((row) => {
    const [, first = '', , brings = '', size = ''] = row.split('|');
    return {
      names: [...`${first}${brings}`.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
      kilobytes: Number.parseFloat(size),
    };
  });
}
