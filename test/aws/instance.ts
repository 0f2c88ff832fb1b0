/** One instance of the deployed function, as Lambda keeps it: its own runtime client in a process that is frozen between invocations. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { aheadBy, type SharedClock } from './clock.ts';
import { runtimeClientFolder } from './commands.ts';
import type { DeployedFunction } from './deployment.ts';
import { watchMemory } from './memory.ts';
import { type Result, serveRuntimeApi } from './runtime-api.ts';

/** Lambda ends a start that takes longer. */
const longestStartMs = 10_000;

/** A line of the function's log, which is JSON. */
export type LogLine = Record<string, unknown>;

export type Invoked = {
  result: Result;
  /** Lines that this invocation wrote. */
  lines: LogLine[];
  /** Without the time of the start. */
  ms: number;
};

export type Instance = {
  /** Start of the process until it asked for its first invocation. */
  startMs: number;
  /**
   * @param event default: of the schedule. @param seconds that it has, if fewer than were deployed.
   * @throws Error if the function is not done in its time, or its process ends
   */
  invoke(event?: unknown, seconds?: number): Promise<Invoked>;
  /** Everything it has written. */
  log(): string;
  /** Most memory that its process, and those that it started, have held at once so far, MB. */
  peakMegabytes(): number;
  stop(): Promise<void>;
};

/** @param environment added to the deployed variables: where AWS is, and the role's credentials. */
export async function startInstance(
  { configuration, folder }: DeployedFunction,
  environment: Record<string, string>,
  clock: SharedClock,
): Promise<Instance> {
  const { FunctionArn = '', Timeout = 0 } = configuration;
  const logFolder = mkdtempSync(join(tmpdir(), 'log-'));
  const logFile = join(logFolder, 'log');
  const api = await serveRuntimeApi();
  const begun = performance.now();
  // A file, because it holds a line as soon as the function has written it.
  const output = openSync(logFile, 'a');
  const child = spawn(process.execPath, [join(runtimeClientFolder, 'index.mjs')], {
    cwd: folder,
    env: {
      ...lambdaVariables(configuration, folder),
      ...environment,
      ...aheadBy(clock),
      AWS_LAMBDA_RUNTIME_API: api.address,
    },
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const memory = watchMemory(Number(child.pid));
  const log = () => readFileSync(logFile, 'utf8');
  child.on('exit', () => api.fail(new Error(`The function's process ended:\n${log()}`)));
  await within(longestStartMs, api.idle());
  const startMs = performance.now() - begun;
  child.kill('SIGSTOP');

  return {
    startMs,
    log,
    async invoke(event = tickEvent, seconds = Timeout) {
      const written = log().length;
      const from = performance.now();
      const deadline = Math.round(clock.now() + seconds * 1000);
      const requestId = crypto.randomUUID();
      child.kill('SIGCONT');
      const result = await within(Timeout * 1000, api.invoke({ event, functionArn: FunctionArn, requestId, deadline }));
      const ms = performance.now() - from;
      await api.idle();
      child.kill('SIGSTOP');
      return { result, ms, lines: linesOf(log().slice(written)) };
    },
    peakMegabytes: memory.peakMegabytes,
    async stop() {
      memory.end();
      await killed(child);
      api.close();
      rmSync(logFolder, { recursive: true });
    },
  };
}

/** As EventBridge sends it for a rule. */
const tickEvent = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-05-01T12:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/SolarCloudBridge-home-EachMinute'],
  detail: {},
};

/** The deployed variables, and those that Lambda itself sets. */
const lambdaVariables = (
  { FunctionName = '', MemorySize, Runtime, Handler = '', Environment }: DeployedFunction['configuration'],
  folder: string,
): Record<string, string> => ({
  PATH: '/usr/bin:/bin',
  TZ: ':UTC',
  LAMBDA_TASK_ROOT: folder,
  _HANDLER: Handler,
  AWS_EXECUTION_ENV: `AWS_Lambda_${Runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: FunctionName,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  AWS_LAMBDA_LOG_GROUP_NAME: `/${FunctionName}`,
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/05/01/[$LATEST]0123456789abcdef',
  ...Environment?.Variables,
});

/** @throws Error for a line that is no JSON: CloudWatch's queries would not find it */
function linesOf(text: string): LogLine[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      if (!line.startsWith('{')) throw new Error(`The log holds a line that is no JSON: ${line}`);
      return JSON.parse(line);
    });
}

/** @throws Error as Lambda words it */
async function within<Value>(ms: number, work: Promise<Value>): Promise<Value> {
  const late = new AbortController();
  const timer = wait(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`Task timed out after ${(ms / 1000).toFixed(2)} seconds`);
  });
  timer.catch(() => {}); // ended below when the work is done
  try {
    return await Promise.race([work, timer]);
  } finally {
    late.abort();
  }
}

async function killed(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit');
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}
