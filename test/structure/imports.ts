/** Which file imports which, types included, and what about that is against the project's map. */
import { globSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** By file, what it imports: other files by their path in the project, packages by their name. */
export type Imports = ReadonlyMap<string, readonly string[]>;

const root = join(import.meta.dirname, '../..');
const bridge = 'functions/push-solar-data/';
const statement = /^(?:import|export)\b[^;'"]*?\bfrom\s*'([^']+)'|^import\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm;

export function readImports(folders: readonly string[]): Imports {
  const files = folders.flatMap((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }));
  return new Map(files.sort().map((file) => [file, importsOf(file, readFileSync(join(root, file), 'utf8'))]));
}

export function importsOf(file: string, text: string): string[] {
  const named = [...text.matchAll(statement)].map(([, from, bare, dynamic]) => from ?? bare ?? dynamic ?? '');
  return named.map((name) => (name.startsWith('.') ? posix.join(posix.dirname(file), name) : name));
}

/** A sentence for each set of files that import each other. */
export function circles(imports: Imports): string[] {
  const found = new Map<string, string>();
  for (const file of imports.keys()) {
    const way = shortestWayBack(file, imports);
    if (!way) continue;
    const members = [...way].sort().join();
    if (!found.has(members)) found.set(members, `A circle: ${[...way, file].join(' → ')}`);
  }
  return [...found.values()];
}

function shortestWayBack(start: string, imports: Imports): string[] | undefined {
  const seen = new Set<string>();
  const ways = [[start]];
  for (const way of ways) {
    for (const next of imports.get(way.at(-1) ?? '') ?? []) {
      if (next === start) return way;
      if (!seen.has(next)) ways.push([...way, next]);
      seen.add(next);
    }
  }
  return undefined;
}

type Rule = {
  /** Of whom it speaks. */
  about(file: string): boolean;
  forbids(imported: string): boolean;
  says: string;
};

const isFile = (imported: string): boolean => imported.endsWith('.ts');
const isBelow = (...places: string[]) => {
  return (file: string) => places.some((place) => file.startsWith(place));
};

const placesOfAws = ['persistence/', 'local/', 'runtime.ts', 'destinations/mqtt/aws-iot.ts', 'platform/topic.ts'];
const mayUseAws = isBelow(...placesOfAws.map((place) => `${bridge}${place}`), 'infra/');

const isOfCore = isBelow(`${bridge}core/`);

export const onlyCore: Rule = {
  about: isOfCore,
  forbids: (imported) => !isOfCore(imported) && imported !== 'zod/mini',
  says: 'core/ imports nothing but core/ and zod/mini',
};

export const rules: readonly Rule[] = [
  {
    about: isBelow('functions/'),
    forbids: (imported) => isFile(imported) && !isBelow('functions/')(imported),
    says: 'functions/ imports nothing from outside of functions/',
  },
  {
    about: isBelow('infra/'),
    forbids: (imported) => isFile(imported) && !isBelow('functions/', 'infra/')(imported),
    says: 'infra/ imports nothing but infra/ and functions/',
  },
  {
    about: (file) => !mayUseAws(file),
    forbids: isBelow('@aws-sdk/'),
    says: 'only persistence/, local/, runtime.ts, the destination AWS IoT, the topic of mails and infra/ know the SDK of AWS',
  },
];

/** A sentence for each import that a rule forbids. */
export function offences(imports: Imports, { about, forbids, says }: Rule): string[] {
  return [...imports]
    .filter(([file]) => about(file))
    .flatMap(([file, all]) => all.filter(forbids).map((imported) => `${file} imports ${imported}, but ${says}`));
}
