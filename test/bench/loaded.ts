/** What of the bundle a home loads, by esbuild's account of it. */
import { basename } from 'node:path';
import type { Metafile } from 'esbuild';

type Outputs = Metafile['outputs'];

/** The module of the bundle that a file of the source begins. */
export const moduleOf = (outputs: Outputs, source: string): string =>
  Object.keys(outputs).find((name) => outputs[name]?.entryPoint?.endsWith(source)) ?? source;

/** The name of its file. */
export const fileOf = (outputs: Outputs, source: string): string => basename(moduleOf(outputs, source));

/**
 * Bytes of the modules that are loaded with these files of the source.
 *
 * @param mayBeLoaded whether those count that are loaded when they are needed, and which of them.
 */
export function loadedBytes(
  outputs: Outputs,
  sources: readonly string[],
  mayBeLoaded: (entryPoint: string) => boolean = () => false,
): number {
  const loaded = new Set<string>();
  const load = (name: string): void => {
    const module = outputs[name];
    if (!module || loaded.has(name)) return;
    loaded.add(name);
    for (const { path, kind } of module.imports)
      if (kind === 'import-statement' || mayBeLoaded(outputs[path]?.entryPoint ?? '')) load(path);
  };
  for (const source of sources) load(moduleOf(outputs, source));
  return [...loaded].reduce((bytes, name) => bytes + (outputs[name]?.bytes ?? 0), 0);
}
