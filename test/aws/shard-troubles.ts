/** What one of 25 homes may do to the function that it shares: a row each. */
import type { Answer } from '../support/conversation.ts';
import { secretsOf, troubled } from './neighbour-homes.ts';

export type ShardTrouble = {
  name: string;
  vendor?: (usual: Answer) => Answer;
  chargeHq?: Answer;
  settings?: Record<string, string>;
  /** How its tick ends, and what its line says. */
  ends: string;
  says: RegExp;
  /** Whether only a deadline ends it: the others are told long before. */
  endless?: boolean;
  /** Of the invocation's, where the test shall not take as long as it may. */
  seconds?: number;
};

const never: Answer = { act: () => {} };
const drip = (usual: Answer): Answer => ({
  act(_request, response) {
    const text = JSON.stringify(usual.json);
    let sent = 0;
    const timer = setInterval(() => response.write(text[sent++ % text.length]), 500);
    response.on('close', () => clearInterval(timer));
    response.writeHead(200, { 'content-type': 'application/json' });
  },
});
const production = (expr: string) => ({ HTTP_JSON_FIELDS: JSON.stringify({ production: { expr, unit: 'W' } }) });

export const shardTroubles: readonly ShardTrouble[] = [
  { name: 'its cloud hangs', vendor: () => never, ends: 'reported', says: /does not answer within/, endless: true },
  {
    name: 'its cloud answers a byte at a time, for ever',
    vendor: drip,
    ends: 'reported',
    says: /does not answer in time/,
    endless: true,
    seconds: 20,
  },
  {
    name: 'its cloud answers 2 MB',
    vendor: (usual) => ({ json: { ...(usual.json as object), rest: 'x'.repeat(2_000_000) } }),
    ends: 'reported',
    says: /answers with more than 1 MB/,
  },
  {
    name: 'its cloud quotes all its secrets in an error',
    vendor: () => ({
      status: 500,
      json: { error: secretsOf(troubled).join(' '), encoded: secretsOf(troubled).map(btoa) },
    }),
    ends: 'reported',
    says: /HTTP 500/,
  },
  {
    name: 'its Charge HQ hangs',
    chargeHq: never,
    ends: 'failed',
    says: /does not answer in time/,
    endless: true,
    seconds: 20,
  },
  {
    name: 'a setting of it is broken',
    settings: { HTTP_JSON_FIELDS: '{"production":' },
    ends: 'reported',
    says: /HTTP_JSON_FIELDS/,
  },
  {
    name: 'its expression never ends',
    settings: production('($f := function() { $f() }; $f())'),
    ends: 'reported',
    says: /HTTP_JSON_FIELDS must be changed/,
  },
  {
    name: 'its expression takes all memory',
    settings: production('$length($pad("", 400000000))'),
    ends: 'reported',
    says: /HTTP_JSON_FIELDS must be changed/,
  },
  {
    name: 'its parameters claim to be those of another home and stack',
    settings: { SITE: 'home-14', STACK: 'hill', STATE_TABLE: 'another', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    ends: 'pushed',
    says: /"site":"home-13"/,
  },
];
