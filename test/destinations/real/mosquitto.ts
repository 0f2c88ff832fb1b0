/** A real mosquitto on this machine, with passwords, an access list and TLS by an authority of its own, and a reader of what it keeps. */
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const path = `${process.env['PATH']}:/usr/sbin`;
const environment = { ...process.env, PATH: path };

export const users = {
  bridge: 'password of the bridge',
  narrow: 'password of the narrow one',
  reader: 'password of the reader',
};

const accessList = `user bridge
topic write solar-cloud-bridge/#
topic write homeassistant/device/+/config
user narrow
topic write solar-cloud-bridge/home/status
user reader
topic readwrite #
`;

/** One retained message. */
export type Kept = { text: string; expireSeconds?: number };

export type Mosquitto = {
  url: string;
  port: number;
  /** With a certificate of the authority `ca`. */
  tlsUrl: string;
  /** The same, for those alone who have a certificate of that authority: `client`. */
  mutualUrl: string;
  ca: string;
  client: { cert: string; key: string };
  /** What a reader that comes now is told, by topic. */
  kept(topic?: string): Promise<Record<string, Kept>>;
  stop(): Promise<void>;
};

export async function startMosquitto(): Promise<Mosquitto> {
  const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
  const file = (name: string) => join(folder, name);
  const text = (name: string) => readFileSync(file(name), 'utf8');
  makeCertificates(folder);
  writeFileSync(file('passwords'), '');
  for (const [user, password] of Object.entries(users))
    execFileSync('mosquitto_passwd', ['-b', file('passwords'), user, password], { env: environment, stdio: 'ignore' });
  writeFileSync(file('access'), accessList);
  const [plain = 0, tls = 0, mutual = 0] = await freePorts(3);
  const withTls = `cafile ${file('ca.crt')}\ncertfile ${file('server.crt')}\nkeyfile ${file('server.key')}\n`;
  const settings = [
    `user ${process.getuid?.() === 0 ? 'root' : ''}`.trim(),
    `allow_anonymous false\npassword_file ${file('passwords')}\nacl_file ${file('access')}\npersistence false`,
    `listener ${plain} 127.0.0.1`,
    `listener ${tls} 127.0.0.1\n${withTls}`,
    `listener ${mutual} 127.0.0.1\n${withTls}require_certificate true`,
  ];
  writeFileSync(file('mosquitto.conf'), settings.filter((each) => each !== 'user').join('\n'));
  const child = spawn('mosquitto', ['-c', file('mosquitto.conf')], { env: environment, stdio: 'ignore' });
  const reader = ['-h', '127.0.0.1', '-p', String(plain), '-V', 'mqttv5', '-u', 'reader', '-P', users.reader];
  const kept = async (topic = '#') => {
    const format = ['-F', '%t|%E|%p', '--retained-only', '-W', '1', '-t', topic];
    const { stdout } = await run('mosquitto_sub', [...reader, ...format], { env: environment }).catch(linesInTime);
    return keptIn(stdout);
  };
  await untilUp(plain, child);
  return {
    ...{
      port: plain,
      url: `mqtt://127.0.0.1:${plain}`,
      tlsUrl: `mqtts://127.0.0.1:${tls}`,
      mutualUrl: `mqtts://127.0.0.1:${mutual}`,
    },
    ...{ ca: text('ca.crt'), client: { cert: text('client.crt'), key: text('client.key') }, kept },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

/** An authority, and certificates of it for this machine and for a client. */
function makeCertificates(folder: string): void {
  const openssl = (...parameters: string[]) => execFileSync('openssl', parameters, { cwd: folder, stdio: 'ignore' });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'ca.key',
    '-out',
    'ca.crt',
    '-days',
    '2',
    '-subj',
    '/CN=Authority of a proof',
  );
  writeFileSync(join(folder, 'names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost');
  for (const name of ['server', 'client']) {
    openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${name}.csr`,
      ...authority,
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-extfile',
      'names',
    );
  }
}

/** The reader's time being up is no failure. */
const linesInTime = (error: { code?: number; stdout?: string }): { stdout: string } => {
  if (error.code === 27) return { stdout: error.stdout ?? '' };
  throw error;
};

const keptIn = (lines: string): Record<string, Kept> =>
  Object.fromEntries(
    lines.split('\n').flatMap((line) => {
      const [topic = '', seconds = '', ...text] = line.split('|');
      if (topic === '') return [];
      return [[topic, { text: text.join('|'), ...(seconds === '' ? {} : { expireSeconds: Number(seconds) }) }]];
    }),
  );

export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function untilUp(port: number, child: ChildProcess): Promise<void> {
  const isUp = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
  for (let tries = 0; tries < 100; tries++) {
    if (child.exitCode !== null) throw new Error(`mosquitto ended with status ${child.exitCode}`);
    if (await isUp()) return;
    await wait(50);
  }
  throw new Error('mosquitto does not begin to listen');
}
