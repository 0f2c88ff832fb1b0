/** MQTT as it is deployed: modules that only its homes load, and that work where no node_modules are. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import type { Metafile } from 'esbuild';
import { bundle } from '../../infra/bundle.ts';
import { playBroker, takesAll } from '../support/broker.ts';
import { certificate, certificateKey } from '../support/certificate.ts';
import { serveHttp } from '../support/servers.ts';

const run = promisify(execFile);
const destinations = 'functions/push-solar-data/destinations';

describe('MQTT in the bundle', () => {
  const folder = mkdtempSync(join(tmpdir(), 'mqtt-bundle-'));
  let outputs: Metafile['outputs'];
  before(() => {
    outputs = bundle(folder).outputs;
  });
  after(() => rmSync(folder, { recursive: true }));

  const moduleOf = (entryPoint: string): string => {
    const [path] = Object.entries(outputs).find(([, output]) => output.entryPoint === entryPoint) ?? [];
    assert.ok(path, entryPoint);
    return path;
  };

  /** Of all modules that are loaded with this one, what they are made of. */
  function loadedWith(path: string, seen = new Set<string>()): string[] {
    if (seen.has(path)) return [];
    seen.add(path);
    const { inputs, imports } = outputs[path] ?? { inputs: {}, imports: [] };
    const next = imports.filter(({ kind, external }) => kind !== 'dynamic-import' && !external);
    return [...Object.keys(inputs), ...next.flatMap((each) => loadedWith(each.path, seen))];
  }
  const isOfMqtt = (input: string): boolean =>
    /node_modules\/(mqtt|mqtt-packet|ws|socks)\/|client-iot-data-plane|destinations\/mqtt/.test(input);

  it('is loaded by no home that tells Charge HQ alone', () => {
    for (const entryPoint of ['functions/push-solar-data/handler.ts', `${destinations}/charge-hq.ts`]) {
      const loaded = loadedWith(moduleOf(entryPoint));
      assert.ok(loaded.includes(entryPoint));
      assert.deepEqual(loaded.filter(isOfMqtt), []);
    }
  });

  it('is without MQTT.js at AWS IoT Core, and without the SDK for it at a broker', () => {
    const loaded = (file: string) => loadedWith(moduleOf(`${destinations}/mqtt/${file}.ts`));
    assert.equal(
      loaded('aws-iot').some((input) => input.includes('node_modules/mqtt/')),
      false,
    );
    assert.equal(
      loaded('broker').some((input) => input.includes('client-iot-data-plane')),
      false,
    );
  });

  it('leaves the function below 1.6 MB', () => {
    const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
    assert.ok(bytes < 1_600_000, `${bytes} bytes`);
  });

  /** One message from the bundled module, by a process of its own. @returns how long loading and telling took, ms. */
  async function tellFromBundle(settings: Record<string, unknown>, environment: Record<string, string> = {}) {
    const program = join(folder, 'tell.mjs');
    writeFileSync(
      program,
      `const begun = performance.now();
const { mqtt } = await import('./${basename(moduleOf(`${destinations}/mqtt.ts`))}');
const document = { type: 'reading', version: 1, site: 'home', sent_ms: 1, production_kw: 4.2, derived: [] };
await mqtt.push({
  settings: { discovery: 'homeassistant', protocol: '5', ...${JSON.stringify(settings)} },
  settingName: (name) => name, title: 'MQTT broker', document, state: {}, running: {}, now: 1, note() {},
  signal: AbortSignal.timeout(10_000), home: { site: 'home', vendors: ['example'], slowestPollSeconds: 60 },
});
console.log(Math.round(performance.now() - begun));`,
    );
    const { stdout, stderr } = await run(process.execPath, [program], {
      cwd: folder,
      env: environment,
      timeout: 20_000,
    });
    assert.equal(stderr, '');
    return Number(stdout);
  }
  const topics = ['config', 'status', 'production_w', 'state'];

  it('tells a broker', async (t) => {
    const broker = await playBroker(t);
    const ms = await tellFromBundle({ url: broker.url });
    t.diagnostic(`loaded and told in ${ms} ms`);
    assert.deepEqual(
      broker.published().map(([topic]) => topic.split('/').at(-1)),
      topics,
    );
  });

  it('tells a broker over TLS', async (t) => {
    const broker = await playBroker(t, takesAll, { tls: { cert: certificate, key: certificateKey } });
    await tellFromBundle({ url: broker.url, ca: certificate });
    assert.equal(broker.publications().length, topics.length);
  });

  it('tells a broker through a WebSocket', async (t) => {
    const broker = await playBroker(t, takesAll, { webSocket: true });
    await tellFromBundle({ url: `${broker.url}/mqtt` });
    assert.equal(broker.publications().length, topics.length);
  });

  it('tells AWS IoT Core, with the credentials of its environment', async (t) => {
    const paths: string[] = [];
    const { url } = await serveHttp(t, (request, response) => {
      paths.push(request.url ?? '');
      request.resume().on('end', () => response.writeHead(200).end('{}'));
    });
    await tellFromBundle(
      { url: 'aws-iot', baseUrl: url, figures: 'both' },
      { AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1' },
    );
    assert.deepEqual(
      paths.map((path) => /%2F(\w+)\?/.exec(path)?.[1]),
      topics,
    );
  });
});
