/** What sources and destinations have in common: a module's settings, read below the prefix of its label. */
import { createHash } from 'node:crypto';
import { type Setting, type Settings, unusualLook } from './setting.ts';
import { parameterPath, type SettingsReader, upperSnake } from './settings-reader.ts';
import { quoted } from './written.ts';

/** What of a module decides which settings it has. */
export type Configurable = {
  title: string;
  settings: Settings;
  requires?(settings: Record<string, unknown>): readonly (string | readonly string[])[];
  neededOnAws?: readonly string[];
};

/** @returns their texts as the owner wrote them and what they mean; what is wrong is then among the reader's problems. */
export function readSettings(module: Configurable, prefix: string, reader: SettingsReader, site: string) {
  const texts: Record<string, string> = {};
  const settings: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(module.settings)) {
    const name = `${prefix}_${upperSnake(key)}`;
    const text = reader.take(name, entry);
    if (text !== undefined) texts[key] = text;
    const parsed = entry.schema.safeParse(text);
    const meant = typeof parsed.data === 'string' ? parsed.data : text;
    const remark = meant !== undefined && parsed.success && unusualLook(name, entry, module.title, meant);
    if (remark) reader.remarks.push(remark);
    if (parsed.success) settings[key] = parsed.data;
    else reader.problems.push(settingProblem(name, entry, text, parsed.error.issues[0]?.message, whereToPut(site)));
  }
  return { texts, settings };
}

function settingProblem(
  name: string,
  { help, secret }: Setting,
  text: string | undefined,
  message: string | undefined,
  whereToPut: string,
): string {
  if (text === undefined) return `${name} is missing: ${help}. ${whereToPut}`;
  return `${name} ${message ?? 'is not valid'}${secret ? '' : quoted(text)}: ${help}`;
}

/** What is missing given the others. */
export function unmetRequirements(
  module: Configurable,
  settings: Record<string, unknown>,
  prefix: string,
  site: string,
): string[] {
  const required = module.requires?.(settings) ?? [];
  return required.flatMap((entry) => {
    const names = typeof entry === 'string' ? [entry] : entry;
    if (names.some((name) => settings[name] !== undefined)) return [];
    const full = names.map((name) => `${prefix}_${upperSnake(name)}`).join(' or ');
    return [`${full} is missing: ${module.settings[names[0] ?? '']?.help}. ${whereToPut(site)}`];
  });
}

/** Names of the settings for credentials. */
export const secretsOf = ({ settings }: Configurable, prefix: string): string[] =>
  Object.entries(settings).flatMap(([key, { secret }]) => (secret ? [`${prefix}_${upperSnake(key)}`] : []));

export const whereToPut = (site: string): string =>
  `Put it into .env, the environment, or a SecureString parameter under ${parameterPath(site)}/.`;

export const hashOf = (parts: unknown): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
