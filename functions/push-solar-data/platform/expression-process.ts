/**
 * Where owners' expressions run: a process of its own, kept while it is warm. A thread would not do: an allocation
 * beyond its limit ends the whole process that it belongs to.
 */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { extname, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { Failure } from '../core/failure.ts';
import type { Result } from './expression-runner.ts';

export type Evaluator = {
  /** Lets it start already while something else is waited for. */
  start(): void;
  /**
   * @param question a `Question` in JSON without line breaks. @param count how many expressions it has.
   * @returns what they gave, in order. The one that must be ended, and those behind it, have a problem each.
   * @throws Failure `unavailable` where no process can be had.
   */
  ask(question: string, count: number): Promise<Result[]>;
};

export type ExpressionProcess = Evaluator & {
  /** Ends the process, when nothing is being asked; the next question starts another one. */
  end(): void;
};

export type Limits = {
  /** For one expression, ms. */
  evaluationMs?: number;
  /** For all expressions of a question together, ms; default: without end. */
  questionMs?: number;
  /** For the values in the process, MB; default: 48. What it needs besides them is two thirds of that. */
  heapMb?: number;
  /** For the start of the process, ms: on a small share of a processor it takes long. */
  startMs?: number;
};

type Runner = {
  child: ChildProcess;
  ready: boolean;
  /** Whether ours waits for it. */
  hold(isAwaited: boolean): void;
  onLine(line: string): void;
  onEnd(signal: NodeJS.Signals | null): void;
};

export function createExpressionProcess({
  evaluationMs = 1_000,
  questionMs = Number.POSITIVE_INFINITY,
  startMs = 10_000,
  heapMb = 48,
}: Limits = {}): ExpressionProcess {
  let running: Runner | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const started = (): Runner | undefined => {
    if (running) return running;
    const runner = startRunner(heapMb);
    if (!runner) return undefined;
    const forget = () => {
      if (running === runner) running = undefined;
    };
    runner.child.once('close', forget).once('error', forget);
    running = runner;
    return runner;
  };

  const askNow = (question: string, count: number) =>
    new Promise<Result[]>((resolve, reject) => {
      const runner = started();
      if (!runner) return reject(noProcess());
      runner.hold(true);
      const results: Result[] = [];
      let isLate = false;
      const stop = () => {
        isLate = true;
        if (running === runner) running = undefined;
        runner.child.kill('SIGKILL');
      };
      const oneMs = Math.min(evaluationMs, questionMs);
      let begunAt = performance.now();
      let timer = setTimeout(stop, runner.ready ? oneMs : startMs);
      const restart = () => {
        clearTimeout(timer);
        timer = setTimeout(stop, Math.min(oneMs, begunAt + questionMs - performance.now()));
      };
      runner.onLine = (line) => {
        if (!runner.ready) {
          runner.ready = true;
          begunAt = performance.now();
        } else results.push(JSON.parse(line));
        if (results.length < count) return restart();
        clearTimeout(timer);
        runner.hold(false);
        resolve(results);
      };
      runner.onEnd = (signal) => {
        clearTimeout(timer);
        const isOutside = !isLate && (signal === 'SIGKILL' || signal === 'SIGTERM');
        if (!runner.ready || isOutside) return reject(noProcess());
        resolve(withEnded(results, count, isLate ? tooLong : tooLarge));
      };
      runner.child.stdin?.write(`${question}\n`);
    });

  return {
    start: started,
    ask(question, count) {
      const answer = turn.then(() => askNow(question, count));
      turn = answer.catch(() => {});
      return answer;
    },
    end() {
      running?.child.kill('SIGKILL');
      running = undefined;
    },
  };
}

const tooLong: Result = { problem: 'does not end within a second', fault: 'expression' };
const tooLarge: Result = { problem: 'needs more memory than it may have', fault: 'expression' };
const notReached: Result = { problem: 'was not reached, because another one had to be ended', fault: 'input' };

/** Whether the process had to be ended for this expression, or JSONata has ended it by itself just before. */
export const wasEnded = ({ problem }: Result): boolean => problem === tooLong.problem || problem === tooLarge.problem;

const withEnded = (results: readonly Result[], count: number, ended: Result): Result[] =>
  Array.from({ length: count }, (_, index) => results[index] ?? (index === results.length ? ended : notReached));

const noProcess = (): Failure =>
  new Failure('unavailable', 'The process that evaluates expressions cannot be started, or was ended from outside');

/**
 * It does not keep ours alive, sees nothing of our environment but how to find its libraries, and ends with us.
 *
 * @returns undefined where the system has no room for it.
 */
function startRunner(heapMb: number): Runner | undefined {
  const child = spawnProgram(heapMb);
  if (!child) return undefined;
  const { stdin, stdout } = child;
  const handles = [child, stdin as Socket, stdout as Socket];
  const runner: Runner = {
    child,
    ready: false,
    hold(isAwaited) {
      for (const handle of handles) isAwaited ? handle.ref() : handle.unref();
    },
    onLine() {
      runner.ready = true;
    },
    onEnd() {},
  };
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const ended = (signal: NodeJS.Signals | null) => {
    process.removeListener('exit', kill);
    runner.onEnd(signal);
  };
  child.on('close', (_code, signal) => ended(signal)).on('error', () => ended(null));
  stdin.on('error', () => {}); // its end is told by `close`
  let rest = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) runner.onLine(line);
  });
  runner.hold(false);
  return runner;
}

function spawnProgram(heapMb: number): ChildProcessByStdio<Writable, Readable, null> | undefined {
  const program = join(import.meta.dirname, `expression-runner${extname(import.meta.filename)}`);
  const limits = [`--max-old-space-size=${heapMb}`, '--max-semi-space-size=4'];
  const [command, ...args] = limited(Math.round((heapMb * 5) / 3), [process.execPath, ...limits, program]);
  const { PATH, LD_LIBRARY_PATH, SystemRoot } = process.env;
  try {
    return spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH, LD_LIBRARY_PATH, SystemRoot } });
  } catch {
    return undefined;
  }
}

/**
 * The same command without core dumps and with a limit for its memory where the system has one, because V8 lets a
 * single huge text pass its own. A process that has just begun has reserved (not used) about as much as ours has beyond
 * its heap.
 */
function limited(mb: number, command: [string, ...string[]]): [string, ...string[]] {
  const reserved_kb = reservedKb();
  if (reserved_kb === undefined) return command;
  return ['/bin/sh', '-c', `ulimit -c 0; ulimit -d ${reserved_kb + mb * 1024}; exec "$0" "$@"`, ...command];
}

function reservedKb(): number | undefined {
  if (process.platform !== 'linux' || !existsSync('/bin/sh')) return undefined;
  const data_kb = Number(/^VmData:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
  return data_kb > 0 ? Math.round(data_kb - process.memoryUsage().heapTotal / 1024) : undefined;
}
