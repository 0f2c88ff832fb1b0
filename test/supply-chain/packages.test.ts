/** What the project takes from others: pinned, whole, free, and running nothing at its installation. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, it } from 'node:test';
import { temporaryFolder } from '../support/terminal.ts';
import { allowedByName, isPermissive } from './licences.ts';

const root = join(import.meta.dirname, '../..');
const read = (file: string): unknown => JSON.parse(readFileSync(join(root, file), 'utf8'));

type Package = {
  version: string;
  license?: string;
  resolved?: string;
  integrity?: string;
  dev?: true;
  hasInstallScript?: true;
  inBundle?: true;
  os?: string;
  cpu?: string;
  bin?: Record<string, string>;
  engines?: { node?: string };
};
const { packages } = read('package-lock.json') as { packages: Record<string, Package> };
const {
  dependencies,
  devDependencies,
  optionalDependencies = {},
  allowScripts = {},
} = read('package.json') as Record<string, Record<string, string>>;

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

  it('have no install scripts that package.json allows', () => {
    const scripted = fetched.filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => nameOf(path));
    assert.deepEqual(scripted, Object.keys(allowScripts));
    assert.ok(Object.values(allowScripts).every((allowed) => !allowed));
  });

  it('are all under permissive licences, those for other machines too, but for what is allowed by name', () => {
    for (const [path, { license, dev }] of Object.entries(packages)) {
      const file = join(root, path, 'package.json');
      const installed = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).license : license;
      const isAllowed = dev === true && allowedByName[nameOf(path)] === installed;
      assert.ok(isAllowed || isPermissive(installed), `${path}: ${installed}`);
    }
  });
});

describe('the Node.js that everything runs on', () => {
  const platforms = Object.keys(optionalDependencies).map((name) => packages[`node_modules/${name}`]);

  it('is in the lock file for each machine that the README names, 24 or newer', () => {
    assert.deepEqual(platforms.map((platform) => `${platform?.os} ${platform?.cpu}`).sort(), [
      'darwin arm64',
      'darwin x64',
      'linux arm64',
      'linux x64',
      'win32 x64',
    ]);
    for (const platform of platforms) {
      assert.match(platform?.integrity ?? '', /^sha512-/);
      assert.ok(platform?.bin?.['node']);
      assert.ok(Number.parseInt(platform.version, 10) >= 24, platform.version);
    }
  });

  it('is the only one for some of them, which docs/dependencies.md names; the rest may be installed and run by Node.js 20.17', () => {
    const demanding = fetched
      .filter(([, { engines }]) => !admits(engines?.node ?? '*', [20, 17]))
      .map(([path]) => nameOf(path));
    const page = readFileSync(join(root, 'docs/dependencies.md'), 'utf8');
    const [, named = ''] = /want a newer Node\.js than 20: ([^.]*)\./.exec(page) ?? [];
    assert.deepEqual(
      demanding,
      [...named.matchAll(/`([^`]+)`/g)].map(([, name]) => name),
    );
  });

  const isNamed = platforms.some((platform) => platform?.os === process.platform && platform.cpu === process.arch);
  it('is the one that npm scripts find here', { skip: isNamed ? false : 'this machine brings its own' }, () => {
    const program = 'node -p "process.execPath"';
    const options = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' } as const;
    const { stdout } = spawnSync('npm', ['exec', '--offline', '-c', program], options);
    const holder = relative(realpathSync(join(root, 'node_modules')), realpathSync(stdout.trim())).split(sep)[0] ?? '';
    assert.ok(Object.hasOwn(optionalDependencies, holder), `${stdout.trim()} is in no package of the lock file`);
  });
});

describe('package.json', () => {
  it('names one exact version of each package', () => {
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      assert.match(version, /^\d+\.\d+\.\d+$/, name);
  });
});

describe('.gitignore', () => {
  const isGitThere = spawnSync('git', ['--version']).status === 0;
  const options = { skip: isGitThere ? false : 'git is not installed here' };

  it('keeps settings and log-ins of an owner out of the repository, and the example in it', options, (t) => {
    const folder = temporaryFolder(t);
    spawnSync('git', ['init', '--quiet'], { cwd: folder });
    copyFileSync(join(root, '.gitignore'), join(folder, '.gitignore'));
    const names = ['.env', '.env.new', '.env.cabin', '.env.local', '.envrc', '.state/site.json', '.env.example'];
    const { stdout } = spawnSync('git', ['check-ignore', ...names], { cwd: folder, encoding: 'utf8' });
    assert.deepEqual(stdout.trim().split('\n'), names.slice(0, -1));
  });
});

/** @param range such as `>=23.5.0 || ^22.13.0 || ^20.17.0` or `18 || 20`. */
function admits(range: string, [major, minor]: [major: number, minor: number]): boolean {
  return range.split('||').some((part) => {
    const [, sign = '', from = '0', least = '0'] = /^\s*(>=|\^)?\s*v?(\d+)?(?:\.(\d+))?/.exec(part) ?? [];
    const isSame = Number(from) === major && Number(least) <= minor;
    return isSame || part.trim() === '*' || (sign === '>=' && Number(from) < major);
  });
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
