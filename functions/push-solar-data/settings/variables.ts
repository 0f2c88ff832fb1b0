/** Settings in sentences: `{apiKey}` where a sentence is written, `FOXESS_API_KEY` where it is told. */
import { unnamedCredentials } from '../platform/answer.ts';
import type { Settings } from './setting.ts';
import { variableOf } from './settings-reader.ts';

/** Whose sentence it is: a source or a destination, with the values that are set. */
export type Teller = { label: string; settings: Settings; values: Readonly<Record<string, unknown>> };

/**
 * With the names that the owner knows: of a module's own settings in braces, and of its secrets where a sentence cannot
 * know which they are. `{baseUrl}` is the address that every one may have.
 *
 * @example
 * withVariables('refuses the signature: check {apiKey}', foxess); // refuses the signature: check FOXESS_API_KEY
 */
export function withVariables(sentence: string, { label, settings, values }: Teller): string {
  const secrets = Object.keys(settings).filter((key) => settings[key]?.secret && values[key] !== undefined);
  const credentials = secrets.map((key) => variableOf(label, key)).join(' and ');
  const told = credentials === '' ? sentence : sentence.replaceAll(unnamedCredentials, `check ${credentials}`);
  return told.replace(/\{(\w{1,40})\}/g, (written, key: string) =>
    key === 'baseUrl' || Object.hasOwn(settings, key) ? variableOf(label, key) : written,
  );
}
