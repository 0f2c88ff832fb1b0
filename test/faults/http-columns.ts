/** Every fault that a destination has which is told by HTTP. */
import type { Answer } from '../support/conversation.ts';
import { disguises } from '../support/disguises.ts';
import type { DeadAddress } from './addresses.ts';
import { answerFaults, elsewherePath } from './answers.ts';
import { halfOf } from './bodies.ts';
import type { Ending, Fault } from './fault.ts';
import { refusal, repeated, steering, textFaults, units } from './texts.ts';

export type HttpColumn = Pick<Fault, 'name' | 'alone' | 'weigh' | 'mostMegabytes' | 'asksSeconds'> & {
  /** Instead of the usual answer. */
  answer?: Fault['answer'];
  /** Instead of the server's address. */
  url?: string;
  ends?: readonly Ending[];
};

/** @param secrets of the settings: each is repeated to the bridge. */
export const httpColumns = (secrets: readonly string[], addresses: readonly DeadAddress[]): HttpColumn[] => [
  ...addresses.map(({ name, url }): HttpColumn => {
    const isUnknown = name.includes('DNS');
    // Four names are looked up at a time, the others wait.
    return { name, url, alone: isUnknown, ends: [isUnknown ? 'gone' : 'unavailable'] };
  }),
  ...[...answerFaults, ...textFaults].flatMap(({ fromDestination, ...fault }): HttpColumn[] =>
    fromDestination === undefined ? [] : [{ ...fault, ends: [fromDestination] }],
  ),
  ...secrets.flatMap((secret) => [
    {
      name: 'HTTP 400 that quotes half a secret',
      answer: () => ({ status: 400, text: halfOf(secret) }),
      ends: ['bad-response'] as const,
    },
    ...Object.entries(disguises).flatMap(([name, disguise]) => inEveryPlace(`echo: ${name}`, disguise(secret))),
  ]),
  ...inEveryPlace('steering characters in every place', steering),
  ...Object.entries(units).flatMap(([name, unit]) => inEveryPlace(`100 KB of ${name} in every place`, repeated(unit))),
];

/** A text in each place of an answer that somebody may repeat. */
const inEveryPlace = (name: string, text: string): HttpColumn[] =>
  answersWith(text).map((answer) => ({ name, alone: true, answer: () => answer }));

const answersWith = (text: string): Answer[] => [
  ...[200, 400, 401, 403, 404, 429, 500].map((status) => ({ status, json: refusal(`no account has ${text}`) })),
  ...[200, 400, 401, 500].map((status) => ({ status, json: { [text]: { [text]: [text] } } })),
  ...[400, 401, 500].map((status) => ({ status, text: `no account has ${text}` })),
  ...[200, 404, 503].map((status) => ({ status, text: `<p>The log-in with ${text} failed</p>` })),
  { status: 302, headers: { location: `{server}${elsewherePath}?${encodeURIComponent(text)}` }, text: '' },
  { status: 429, headers: { 'retry-after': encodeURIComponent(text) }, text },
];
