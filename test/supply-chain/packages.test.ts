/** What the project takes from others: pinned, whole, few, and running nothing at its installation. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

type Package = { resolved?: string; integrity?: string; hasInstallScript?: true; inBundle?: true };
const { packages } = read('package-lock.json') as { packages: Record<string, Package> };
const { dependencies, devDependencies, allowScripts } = read('package.json') as Record<string, Record<string, string>>;

/** Without the project itself, and without what lies inside another package's archive and is checked with it. */
const fetched = Object.entries(packages).filter(([path, { inBundle }]) => path !== '' && !inBundle);

describe('the packages of the lock file', () => {
  it('each have a checksum, and come from nowhere but the registry', () => {
    assert.ok(fetched.length > 50);
    for (const [path, { resolved = 'https://registry.npmjs.org/', integrity = '' }] of fetched) {
      assert.match(resolved, /^https:\/\/registry\.npmjs\.org\//, path);
      assert.match(integrity, /^sha512-/, path);
    }
  });

  it('lie inside another package only where that one has a checksum', () => {
    const inside = Object.entries(packages).filter(([, { inBundle }]) => inBundle);
    for (const [path] of inside) {
      const outer = fetched.filter(([whole]) => path.startsWith(`${whole}/node_modules/`));
      assert.ok(
        outer.some(([, { integrity }]) => integrity),
        path,
      );
    }
  });

  it('have no install scripts but those that package.json decides about', () => {
    const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    assert.deepEqual(scripted.sort(), Object.keys(allowScripts ?? {}).sort());
  });
});

describe('package.json', () => {
  it('names one exact version of each package', () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });
});

describe('.gitignore', () => {
  it('keeps settings and log-ins of an owner out of the repository', () => {
    const lines = readFileSync(join(root, '.gitignore'), 'utf8').split('\n');
    for (const name of ['.env', '.state/']) assert.ok(lines.includes(name), name);
  });
});

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
