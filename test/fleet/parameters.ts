/**
 * The Parameter Store of one account and region, with its quotas and the time it takes: behind the SDK's own client, at the
 * place of the network, so that what the SDK does (signing, errors, further tries) is as it is.
 */
import { answerOf, type StoredParameter, setParameter } from '../support/parameter-store.ts';
import { chanceOf } from './chances.ts';
import type { InstancesOptions, StoreCalls } from './figures.ts';
import type { InstanceClock } from './instance.ts';
import { quotaOf } from './quota.ts';
import { type AwsCall, answered, type SdkHandler, sdkHandler } from './sdk-handler.ts';

const [leastMs, mostMs] = [10, 40];

/** Where what comes at a moment of the fleet is counted. */
export type TallyAt = (at: number) => StoreCalls;

export type Parameters = {
  /** The network of the client of an instance. */
  handler(clock: InstanceClock): SdkHandler;
  /** Of one site, by full name. */
  of(site: string): ReadonlyMap<string, StoredParameter>;
  set(site: string, name: string, value: string, type: 'String' | 'SecureString'): void;
  /** Of all types, or of one. */
  count(type?: string): number;
};

/** @param tallyAt where to count what comes at that moment, if it counts. */
export function openParameters({ seed, begins, quotas }: InstancesOptions, tallyAt: TallyAt): Parameters {
  const bySite = new Map<string, Map<string, StoredParameter>>();
  const [reads, writes] = [quotaOf(quotas.reads, begins), quotaOf(quotas.writes, begins)];
  let requests = 0;
  const of = (site: string): Map<string, StoredParameter> => {
    const known = bySite.get(site) ?? new Map<string, StoredParameter>();
    bySite.set(site, known);
    return known;
  };

  const answerTo = ({ call, body }: AwsCall, at: number) => {
    const tally = tallyAt(at);
    tally.calls[call] = (tally.calls[call] ?? 0) + 1;
    const isWrite = call === 'PutParameter';
    if (!(isWrite ? writes : reads).admits(at)) {
      tally[isWrite ? 'throttledWrites' : 'throttledReads'] += 1;
      return answered(400, { __type: 'ThrottlingException', message: 'Rate exceeded' });
    }
    const [, , site = ''] = String(body['Path'] ?? body['Name']).split('/');
    const { status = 200, json } = answerOf(of(site), call, body);
    tally.kmsRequests += secureIn(body, json);
    return answered(status, json);
  };
  return {
    of,
    handler: (clock: InstanceClock) =>
      sdkHandler('AmazonSSM.', clock, (call) => {
        requests += 1;
        const afterMs = leastMs + chanceOf(seed, 'ssm', requests).next() * (mostMs - leastMs);
        return { answer: answerTo(call, clock.now()), afterMs };
      }),
    set: (site: string, name: string, value: string, type: string) =>
      setParameter(of(site), `/solar-cloud-bridge/${site}/${name}`, value, type),
    count: (type) =>
      [...bySite.values()]
        .flatMap((ofSite) => [...ofSite.values()])
        .filter((each) => type === undefined || each.type === type).length,
  };
}

type Listed = { Parameters?: { Type: string }[]; Parameter?: { Type: string } };

function secureIn(body: Readonly<Record<string, unknown>>, json: unknown): number {
  if (body['Type'] === 'SecureString') return 1;
  if (body['WithDecryption'] !== true) return 0;
  const { Parameters = [], Parameter } = json as Listed;
  return [...Parameters, ...(Parameter ? [Parameter] : [])].filter(({ Type }) => Type === 'SecureString').length;
}
