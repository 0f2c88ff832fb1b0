/** Each function as one folder of minified modules. That of the tick: the handler, what all share, a chunk for each adapter, and the process for owners' expressions. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildResult, buildSync, type Metafile } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** Where `bundle` writes if not told otherwise. */
export const bundleFolder = join(root, 'dist/push-solar-data');
/** Where `bundleHomes` does. */
export const homesBundleFolder = join(root, 'dist/homes');
/** Where `bundleFeed` does. */
export const feedBundleFolder = join(root, 'dist/feed');

/** A process of its own, which no code imports. */
const started = { 'expression-runner': 'functions/push-solar-data/platform/expression-runner.ts' };

/** Split, so that a home loads the code of its own vendors only. @returns esbuild's account of what went in. */
export const bundle = (outdir = bundleFolder): Metafile =>
  bundled(outdir, { handler: 'functions/push-solar-data/handler.ts', ...started });

/** The same for several homes. */
export const bundleHomes = (outdir = homesBundleFolder): Metafile =>
  bundled(outdir, { handler: 'functions/push-solar-data/shard-handler.ts', ...started });

/** What answers the readers of a feed, for homes that have one. */
export const bundleFeed = (outdir = feedBundleFolder): Metafile =>
  bundled(outdir, { handler: 'functions/feed/handler.ts' });

function bundled(outdir: string, entryPoints: Record<string, string>): Metafile {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = buildSync({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'],
    // saves 90 KB of single sign-on, profiles and role chains
    alias: { '@aws-sdk/credential-provider-node': './infra/environment-credentials.ts' },
    // undici's parser for processors without SIMD, which Lambda does not have, and its experimental one, which only
    // UNDICI_USE_MILO would load: another 220 KB
    external: ['../llhttp/llhttp-wasm.js', '../milo/simd.js', '../milo/no-simd.js'],
    legalComments: 'none',
    // undici is CommonJS and asks for Node's own modules by require
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  }) as BuildResult<{ metafile: true }>;
  return metafile;
}

if (import.meta.main) {
  const { outputs } = bundle();
  const bytes = Object.values(outputs).reduce((total, output) => total + output.bytes, 0);
  console.log(`${Object.keys(outputs).length} modules, ${Math.round(bytes / 1000)} KB`);
}
