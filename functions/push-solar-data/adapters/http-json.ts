/** Any endpoint that answers JSON: the owner's requests, and an expression (JSONata) for each figure. */
import * as z from 'zod/mini';
import { givenBy, prepareExpressions } from '../platform/expressions.ts';
import { choice, defineAdapter, Failure, json, type Reading, secret, setting, timeZone } from './adapter.ts';
import { answersTo } from './http-json/answers.ts';
import { KeptTokens } from './http-json/clients.ts';
import { expressionsOf, figureOf, figures, timeOf } from './http-json/figures.ts';
import { withSecrets } from './http-json/secrets.ts';
import { expression, Fields, powers, Requests, Secrets } from './http-json/settings.ts';

export const httpJson = defineAdapter({
  vendor: 'http-json',
  title: 'Any HTTPS endpoint that answers JSON',
  homepage: 'https://docs.jsonata.org',
  standing: 'recommended',
  refresh: 'as old as your endpoint makes them; give it a timestamp, else nobody sees when it stands still',
  needs: 'the https address of an endpoint that answers JSON, and an expression for each figure',
  baseUrl: null,
  pollSeconds: 60,
  staleAfterSeconds: 600,
  settings: {
    requests: setting(
      json(Requests),
      'JSON list of 1 to 5 requests: [{"id":"em","url":"https://em.example.net/status","headers":{"X-Key":"{secret:em}"}}]',
    ),
    fields: setting(
      json(Fields),
      'JSON object of figures: {"production":{"expr":"em.pv","unit":"W"},"netImport":{"expr":"em.import - em.export","unit":"W"}}',
    ),
    secrets: secret(
      z.optional(json(Secrets)),
      'JSON object of names and texts for every {secret:NAME} in the requests: {"em":"…"}',
    ),
    timestamp: setting(z.optional(expression), 'Expression for the time of measurement, such as em.time'),
    timestampFormat: setting(
      z._default(choice('iso', 'unix', 'unixms'), 'iso'),
      'How that time is written: iso (2026-06-15T13:05:00Z), unix (seconds) or unixms (milliseconds)',
    ),
    timestampZone: setting(z.optional(timeZone), 'Zone of iso times that carry none, such as Australia/Sydney'),
    okExpr: setting(
      z.optional(expression),
      'Expression that must be true, for endpoints that report errors with HTTP 200: em.code = 0',
    ),
  },
  requires: ({ requests }) => (JSON.stringify(requests ?? []).includes('{secret:') ? ['secrets'] : []),
  identity: ['requests', 'secrets'],
  session: KeptTokens,
  async read(context): Promise<Reading> {
    const { settings, settingName, now, note } = context;
    const { fields, secrets, okExpr } = settings;
    const expressions = expressionsOf(settings, settingName);
    prepareExpressions(expressions.map(({ text }) => text));
    const requests = settings.requests.map((request) => withSecrets(request, secrets)); // all are right, before the first call
    const answers = await answersTo(requests, context);
    const given = await givenBy(expressions, { value: answers, text: () => JSON.stringify(answers) }, now);

    if (okExpr !== undefined && given.okExpr?.value() !== true)
      throw new Failure('bad-response', `The endpoint reports an error: {okExpr} (${okExpr}) is not true`);
    const reading: Reading = {};
    for (const [name, figure] of figures) {
      const [field, value] = [fields[name], given[name]];
      try {
        if (field && value) reading[figure] = figureOf(field, value);
      } catch (error) {
        if (!(error instanceof Failure) || name in powers) throw error;
        note(`left out: ${error.message}`); // a bad extra must not stop the powers
      }
    }
    if (given.timestamp) return { ...reading, tsms: timeOf(given.timestamp, settings, now) };
    note('no timestamp is set: figures that stand still cannot be noticed');
    return reading;
  },
});
