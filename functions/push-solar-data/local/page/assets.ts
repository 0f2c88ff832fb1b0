/** The files of the page: what a browser is given, bundled from the view once. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { OutputFile } from 'esbuild';

/** A body with its compressed forms, by the words of `accept-encoding`. */
export type Asset = { type: string; etag: string; identity: Buffer; br: Buffer; gzip: Buffer };
/** By path. */
export type Assets = ReadonlyMap<string, Asset>;

const types: Record<string, string> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
};

const viewFolder = join(import.meta.dirname, 'view');

/** `/` is the page, `/page.js` its program and `/page.css` its looks. @throws where the view cannot be built. */
export async function bundledAssets(folder = viewFolder): Promise<Assets> {
  const [page, outputFiles] = await Promise.all([readFile(join(folder, 'index.html')), bundled(folder)]);
  const files: [path: string, type: string, body: Buffer][] = [
    ['/', 'html', page],
    ...outputFiles.map(({ path, contents }): [string, string, Buffer] => {
      const name = basename(path);
      return [`/${name}`, name.slice(name.lastIndexOf('.') + 1), Buffer.from(contents)];
    }),
  ];
  return new Map(
    await Promise.all(files.map(async ([path, type, body]) => [path, await assetOf(type, body)] as const)),
  );
}

let builds = 0;

/** esbuild's process would stay beside the bridge for months. */
async function bundled(folder: string): Promise<OutputFile[]> {
  const { build, stop } = await import('esbuild');
  builds++;
  try {
    const { outputFiles } = await build({
      absWorkingDir: folder,
      entryPoints: { page: './page' },
      outdir: folder,
      write: false,
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      jsx: 'automatic',
      jsxImportSource: 'preact',
      legalComments: 'none',
      logLevel: 'silent',
    });
    return outputFiles;
  } finally {
    builds--;
    if (builds === 0) await stop();
  }
}

async function assetOf(type: string, identity: Buffer): Promise<Asset> {
  const [br, zipped] = await Promise.all([promisify(brotliCompress)(identity), promisify(gzip)(identity)]);
  const etag = `"${createHash('sha256').update(identity).digest('base64url').slice(0, 22)}"`;
  return { type: types[type] ?? 'application/octet-stream', etag, identity, br, gzip: zipped };
}
