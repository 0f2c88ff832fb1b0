/** The file `.env`: single settings are changed in it, and everything else stays as the owner wrote it. */
import { existsSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual, parseEnv } from 'node:util';
import { Failure } from '../core/failure.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { textOfFile } from './text-file.ts';

/** New texts by name; undefined removes the setting. */
export type Changes = ReadonlyMap<string, string | undefined>;

/** @throws Failure `settings` where it is there and cannot be read. */
export const textsInFile = (file: string): SettingTexts => parseEnv(textOfFile(file).text);

/** What its owner may not have meant: lines that are no setting, and names that stand there twice. Tells no value. */
export function oddities(file: string): string[] {
  const { text, remark } = textOfFile(file);
  const parts = partsIn(text);
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length;
  const lines = parts.flatMap(({ name, start, end }) =>
    name === undefined && /^\s*[^\s#]/.test(text.slice(start, end)) ? [lineOf(start)] : [],
  );
  const names = parts.flatMap(({ name }) => name ?? []);
  const twice = [...new Set(names.filter((name, nth) => names.indexOf(name) !== nth))];
  return [
    ...(remark === undefined ? [] : [`${file} ${remark}`]),
    ...(lines.length === 0
      ? []
      : [`${file} has a line that is not understood (${lines.join(', ')}): each line should be NAME=value`]),
    ...twice.map((name) => `${name} stands in ${file} several times: the last one counts`),
  ];
}

/** Replaces the file in one step; afterwards only its owner may read it. @throws Failure `settings` */
export function changeFile(file: string, changes: Changes): void {
  if (changes.size === 0) return;
  const target = existsSync(file) ? realpathSync(file) : file;
  const text = withChanges(textOfFile(target).text, changes);
  const draft = `${target}.new`;
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    renameSync(draft, target);
  } catch (error) {
    discard(draft);
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    const remedy = isFull.has(code) ? 'the disk is full' : 'look at the rights of this folder';
    throw new Failure('settings', `${file} cannot be written (${code}): ${remedy}`, { cause: error });
  }
}

/** It holds secrets, so that it must not stay. Whatever this cannot do, the failed write is told. */
function discard(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {}
}

/** Codes of a disk, a quota or a limit that takes no more. */
const isFull = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** @returns the file's text with the changes, which `parseEnv` reads back exactly. @throws Failure `settings` */
export function withChanges(text: string, changes: Changes): string {
  let changed = text;
  for (const [name, value] of changes)
    changed = value === undefined ? without(changed, name) : withAssignment(changed, name, quoted(name, value));
  const wanted: SettingTexts = { ...parseEnv(text), ...Object.fromEntries(changes) };
  const present = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  if (isDeepStrictEqual({ ...parseEnv(changed) }, present)) return changed;
  throw new Failure(
    'settings',
    `.env has lines that are not understood, so that ${[...changes.keys()].join(', ')} cannot be put into it: ` +
      'each line should be NAME=value, with quotes around what has spaces',
  );
}

/** A part of the text, as offsets; `end` lies behind its line break. Without a name it is a line that assigns nothing. */
type Part = { name: string | undefined; start: number; valueStart: number; valueEnd: number; end: number };

const opening = /[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/y;

/** In their order. A quoted value may go over several lines; a quote that is never closed is a character like others. */
function partsIn(text: string): Part[] {
  const found: Part[] = [];
  for (let start = 0; start < text.length; ) {
    opening.lastIndex = start;
    const match = opening.exec(text);
    const valueStart = opening.lastIndex;
    const valueEnd = match ? endOfValue(text, valueStart) : start;
    const end = endOfLine(text, valueEnd) + 1;
    found.push({ name: match?.[1], start, valueStart, valueEnd, end });
    start = end;
  }
  return found;
}

const endOfLine = (text: string, from: number): number => {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
};

function endOfValue(text: string, start: number): number {
  const first = text[start] ?? '';
  const closing = /["'`]/.test(first) ? text.indexOf(first, start + 1) : -1;
  if (closing > 0) return closing + 1;
  const [bare = ''] = text.slice(start, endOfLine(text, start)).split('#');
  return start + bare.trimEnd().length;
}

/** Of several assignments of a name the last one counts. */
function withAssignment(text: string, name: string, value: string): string {
  const last = partsIn(text).findLast((part) => part.name === name);
  if (!last) return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${name}=${value}\n`;
  const rest = text.slice(last.valueEnd);
  return text.slice(0, last.valueStart) + value + (rest.startsWith('#') ? ' ' : '') + rest;
}

function without(text: string, name: string): string {
  return partsIn(text)
    .filter((part) => part.name === name)
    .reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

/** The value as `parseEnv` understands it: bare, or in those quotes that it does not hold itself. */
function quoted(name: string, value: string): string {
  const forms = [...(/^[\w.:/@+,=%-]+$/.test(value) ? [value] : []), `'${value}'`, `"${value}"`, `\`${value}\``];
  const form = forms.find((candidate) => parseEnv(`IT=${candidate}\n`)['IT'] === value);
  if (form !== undefined) return form;
  throw new Failure(
    'settings',
    `${name} cannot be written into .env, because none of the quotes there (' " \`) can hold this value: ` +
      'set it in the environment, or choose another one',
  );
}
