/** A CloudWatch Logs with the one log of several homes: it sends what a pattern asks for, at most so much a call as AWS does. */
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type Answer, type MockServer, playConversation, type ReceivedRequest } from './conversation.ts';

export type LogEvent = { timestamp: number; message: string; logStreamName?: string };

type Filter = { logGroupName: string; startTime: number; endTime?: number; nextToken?: string; filterPattern: string };

export type HomesLog = {
  /** In the order of their times. */
  events: LogEvent[];
  client: CloudWatchLogsClient;
  /** What was asked for, call by call. */
  asked: Filter[];
  /** Characters of all lines that were sent. */
  sent(): number;
  close(): Promise<void>;
};

const mostSent = 1_000_000;
const longestPattern = 1_024;

/** @param group the log's name, below that of the bridge. @param beside names of other logs, which are empty. */
export async function playHomesLog(group = 'homes', beside: readonly string[] = []): Promise<HomesLog> {
  const events: LogEvent[] = [];
  const asked: Filter[] = [];
  let sent = 0;
  const answer = ({ headers, body }: ReceivedRequest): Answer => {
    if (String(headers['x-amz-target']).endsWith('DescribeLogGroups')) {
      const names = [group, ...beside].map((name) => `/solar-cloud-bridge/${name}`);
      return { json: { logGroups: names.map((logGroupName) => ({ logGroupName })) } };
    }
    const filter = body as Filter;
    asked.push(filter);
    if (filter.logGroupName !== `/solar-cloud-bridge/${group}`)
      return { status: 400, json: { __type: 'ResourceNotFoundException', message: 'no such group' } };
    if (filter.filterPattern.length > longestPattern)
      return { status: 400, json: { __type: 'InvalidParameterException', message: 'too long' } };
    const { startTime, endTime = Number.POSITIVE_INFINITY, nextToken = '0' } = filter;
    const wants = wanted(filter.filterPattern);
    const found = events.filter((event) => event.timestamp >= startTime && event.timestamp <= endTime && wants(event));
    const page: LogEvent[] = [];
    let size = 0;
    for (const event of found.slice(Number(nextToken))) {
      if (page.length > 0 && size + event.message.length > mostSent) break;
      page.push(event);
      size += event.message.length;
    }
    sent += size;
    const next = Number(nextToken) + page.length;
    return { json: { events: page, ...(next < found.length ? { nextToken: String(next) } : {}) } };
  };
  const server: MockServer = await playConversation([{ method: 'POST', path: '/', answer }]);
  const client = new CloudWatchLogsClient({
    region: 'eu-central-1',
    endpoint: server.url,
    credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'test' },
  });
  return {
    events,
    client,
    asked,
    sent: () => sent,
    close() {
      client.destroy();
      return server.close();
    },
  };
}

/** Of the patterns of the commands: ticks by their site and outcome, and invocations that did not succeed. */
function wanted(pattern: string): (event: LogEvent) => boolean {
  const valuesOf = (field: string) =>
    new Set(
      [...pattern.matchAll(/\$\.(\w+) = "([^"]*)"/g)].flatMap(([, name, value]) => (name === field ? value : [])),
    );
  const [sites, outcomes] = [valuesOf('site'), valuesOf('outcome')];
  return (event) => {
    const line = lineOf(event);
    if (line.type === 'platform.report') return line.record?.status !== 'success';
    return outcomes.has(line.outcome ?? '') && (sites.size === 0 || sites.has(line.site ?? ''));
  };
}

type Line = { type?: string; record?: { status?: string }; outcome?: string; site?: string };

/** Each is read once, as there may be many. */
const lines = new WeakMap<LogEvent, Line>();
function lineOf(event: LogEvent): Line {
  const line = lines.get(event) ?? (JSON.parse(event.message) as Line);
  lines.set(event, line);
  return line;
}

/** A tick's line as a shard writes it. @param at ms since the epoch. */
export const homeLine = (at: number, report: TickReport): LogEvent => ({
  timestamp: at,
  message: JSON.stringify({ level: 'INFO', timestamp: new Date(at).toISOString(), ...report }),
});

/** Lambda's account of an invocation of a function of the stack. */
export const invocationLine = (at: number, name: string, status = 'timeout'): LogEvent => ({
  timestamp: at,
  message: JSON.stringify({ type: 'platform.report', record: { requestId: 'r', status, metrics: { durationMs: 1 } } }),
  logStreamName: `${new Date(at).toISOString().slice(0, 10).replaceAll('-', '/')}/${name}[$LATEST]0123456789abcdef`,
});

/** A home whose figures were pushed, as a short line tells it. */
export const pushedBy = (site: string, more: Partial<TickReport> = {}): TickReport => ({
  outcome: 'pushed',
  site,
  figures: {
    production_kw: 4.2,
    net_import_kw: -1.5,
    consumption_kw: 0.7,
    battery_discharge_kw: -2,
    battery_soc: 0.645,
  },
  derived: ['consumption_kw'],
  age_s: 40,
  sources: [
    { label: 'roof', vendor: 'foxess', result: 'read', ms: 412 },
    { label: 'meter', vendor: 'shelly-cloud', result: 'read', ms: 233 },
  ],
  destinations: [
    { label: 'charge-hq', outcome: 'pushed', ms: 180 },
    { label: 'mqtt', outcome: 'pushed', ms: 60 },
  ],
  meter: 'meter',
  ms: 845,
  ...more,
});

export const failingBy = (site: string, error: string): TickReport => ({
  outcome: 'reported',
  site,
  kind: 'auth',
  error,
  sources: [{ label: 'roof', vendor: 'foxess', result: 'failed', kind: 'auth', error, ms: 120 }],
  destinations: [{ label: 'charge-hq', outcome: 'reported', ms: 100 }],
  ms: 500,
});

export const idleBy = (site: string): TickReport => ({ outcome: 'idle', site, sources: [], destinations: [], ms: 3 });
