/**
 * `npm run generate`: writes what the documents and the lists of adapters and conversations repeat from the code, and says
 * what it wrote and what is missing. `--check` changes nothing and fails if something is out of date or missing.
 * Hand-written text stays: only what stands between the markers is replaced.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Adapter } from '../functions/push-solar-data/adapters/adapter.ts';
import { upperSnake } from '../functions/push-solar-data/settings/settings-reader.ts';
import { monthlyDollars, prices, typicalSite, type Usage, usageOf } from '../infra/cost.ts';
import { forTrial, missingParts } from './adapter-parts.ts';
import { conversationIndex, conversationsFolder, findConversations } from './conversation-list.ts';

const root = join(import.meta.dirname, '..');
const adaptersFolder = join(root, 'functions/push-solar-data/adapters');

/** Files that repeat the code, with the text that each should have, and a sentence for each part that nobody has written. */
async function generatedFiles(): Promise<{ files: Map<string, string>; missing: string[] }> {
  const files = readdirSync(adaptersFolder).filter((file) => file.endsWith('.ts'));
  const listed = files.flatMap((file) => {
    const name = /^export const (\w+) = defineAdapter\(/m.exec(readFileSync(join(adaptersFolder, file), 'utf8'))?.[1];
    return name ? [{ file, name, vendor: file.replace(/\.ts$/, '') }] : [];
  });
  const adapters: Adapter[] = [];
  for (const { file, name } of listed) adapters.push((await import(join(adaptersFolder, file)))[name]);

  const vendors = adapters.map(({ vendor }) => vendor);
  const conversations = findConversations(textsIn(conversationsFolder), vendors);
  const generated = new Map([
    [join(adaptersFolder, 'index.ts'), adapterIndex(listed)],
    [join(root, conversationsFolder, 'index.ts'), conversationIndex(conversations)],
  ]);
  for (const adapter of adapters) {
    const page = join(root, 'docs/adapters', `${adapter.vendor}.md`);
    if (existsSync(page))
      generated.set(
        page,
        fill(readFileSync(page, 'utf8'), { facts: facts(adapter), settings: settingsTable(adapter) }),
      );
  }
  const readme = join(root, 'README.md');
  if (existsSync(readme))
    generated.set(readme, fill(readFileSync(readme, 'utf8'), { vendors: vendorsTable(adapters) }));
  const operations = join(root, 'docs/operations.md');
  generated.set(operations, fill(readFileSync(operations, 'utf8'), { cost: costTable() }));
  return { files: generated, missing: missingParts(root, vendors, conversations) };
}

function textsIn(folder: string): Map<string, string> {
  const files = readdirSync(join(root, folder)).filter((file) => file.endsWith('.ts'));
  return new Map(files.map((file) => [file, readFileSync(join(root, folder, file), 'utf8')]));
}

function adapterIndex(listed: { file: string; name: string; vendor: string }[]): string {
  const key = (vendor: string) => (/^\w+$/.test(vendor) ? vendor : `'${vendor}'`);
  const entries = listed.map(({ file, name, vendor }) => {
    const entry = `  ${key(vendor)}: async () => (await import('./${file}')).${name},`;
    return entry;
  });
  return [
    "/** Every adapter by its vendor's slug, loaded when it is chosen. Generated from this folder by `npm run generate`. */",
    "import type { Adapter } from './adapter.ts';",
    '',
    'export const adapters: Record<string, () => Promise<Adapter>> = {',
    ...entries,
    '};',
    '',
  ].join('\n');
}

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
function fill(page: string, blocks: Record<string, string>): string {
  return Object.entries(blocks).reduce(
    (text, [name, block]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`),
        (_, start, end) => `${start}${block}\n${end}`,
      ),
    page,
  );
}

function facts({ vendor, standing, refresh, needs, homepage }: Adapter): string {
  return [
    `- **\`VENDOR=${vendor}\`**, ${standing}`,
    `- You need: ${needs}`,
    `- How old the figures are: ${refresh}`,
    `- The maker's page: <${homepage}>`,
  ].join('\n');
}

function settingsTable({ vendor, settings, baseUrl, title }: Adapter): string {
  const rows = Object.entries(settings).map(([name, { help, secret, schema }]) => {
    const unset = schema.safeParse(undefined);
    const needed = !unset.success ? 'yes' : unset.data === undefined ? 'no' : `no (\`${String(unset.data)}\`)`;
    return `| \`${upperSnake(vendor)}_${upperSnake(name)}\` | ${needed} | ${secret ? 'yes' : 'no'} | ${escaped(help)} |`;
  });
  if (baseUrl === undefined)
    rows.unshift(
      `| \`${upperSnake(vendor)}_BASE_URL\` | yes | no | The https address of your ${title}, without a slash at the end |`,
    );
  return ['| setting | needed (default) | secret | what it is, where you find it |', '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

/** Text for a cell of a table: no bar ends it, no bracket becomes a tag. */
const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');

function vendorsTable(adapters: readonly Adapter[]): string {
  const rows = adapters
    .filter(({ vendor }) => vendor !== forTrial)
    .map(({ vendor, title, standing, refresh, needs }) => {
      const name = existsSync(join(root, `docs/adapters/${vendor}.md`))
        ? `[${title}](docs/adapters/${vendor}.md)`
        : title;
      return `| ${name} | \`${vendor}\` | ${standing} | ${refresh} | ${needs} |`;
    });
  return [
    '| equipment | `VENDOR` | standing | how old the figures are | you need |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** Cents of a US dollar a month by kind, for one home, a few, and a village in one account. */
function costTable(): string {
  const usage = usageOf(typicalSite);
  const sites = [1, 5, 50];
  const bills = sites.map((count) => monthlyDollars(usage, count));
  const row = (what: string, used: string, kind: keyof Usage | 'total') =>
    `| ${what} | ${used} | ${bills.map((bill) => Math.round(bill[kind] * 100).toLocaleString('en')).join(' | ')} |`;
  const amount = (value: number) => Number(value.toPrecision(2)).toLocaleString('en');
  const kinds = Object.keys(prices) as (keyof Usage)[];
  return [
    `| cents a month | a home uses, of what is free for the account | ${sites.map((count) => `${count} ${count === 1 ? 'home' : 'homes'}`).join(' | ')} |`,
    '|---|---|--:|--:|--:|',
    ...kinds.map((kind) => row(prices[kind].what, `${amount(usage[kind])} of ${amount(prices[kind].free)}`, kind)),
    row('**all**', '', 'total'),
  ].join('\n');
}

/** What is said of it, a line each, and whether `--check` fails. */
export function summary(
  { outdated, missing }: { outdated: readonly string[]; missing: readonly string[] },
  isCheck: boolean,
): { lines: string[]; isWrong: boolean } {
  const names = outdated.join(', ');
  const written = names === '' ? 'Nothing to write: everything is up to date.' : `Wrote ${names}.`;
  const toWrite = names === '' ? [] : [`Out of date: ${names}. Run: npm run generate`];
  return {
    lines: [...(isCheck ? toWrite : [written]), ...missing.map((sentence) => `Missing: ${sentence}.`)],
    isWrong: isCheck && outdated.length + missing.length > 0,
  };
}

if (import.meta.main) {
  const { files, missing } = await generatedFiles();
  const isCurrent = (path: string, text: string) => existsSync(path) && readFileSync(path, 'utf8') === text;
  const outdated = [...files].filter(([path, text]) => !isCurrent(path, text));
  const isCheck = process.argv.includes('--check');
  if (!isCheck) for (const [path, text] of outdated) writeFileSync(path, text);
  const { lines, isWrong } = summary({ outdated: outdated.map(([path]) => relative(root, path)), missing }, isCheck);
  if (lines.length > 0) console[isWrong ? 'error' : 'log'](lines.join('\n'));
  process.exitCode = isWrong ? 1 : 0;
}
