import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  isPageForPeople,
  isTaken,
  notTaken,
  type Verdicts,
} from '../../functions/push-solar-data/destinations/verdict.ts';
import { toAnswer } from '../../functions/push-solar-data/platform/answer.ts';

const page = '<!doctype html><title>Sign in</title>';

const answerOf = (status: number, text = '', headers: Record<string, string> = {}) =>
  toAnswer({ status, headers, text }, { name: 'Example', now: Date.parse('2026-05-01T12:00:00Z') });

describe('a page for people', () => {
  for (const [what, text, type, expected] of [
    ['HTML', page, 'text/html; charset=utf-8', true],
    ['HTML whose type is written otherwise', '<title>Sign in</title>', 'Text/HTML', true],
    ['XHTML', '<?xml version="1.0"?><html/>', 'application/xhtml+xml', true],
    ['HTML without a type', `\n ${page}`, undefined, true],
    ['HTML of a wrong type', '<HTML lang="en">', 'text/plain', true],
    ['XML', '<ok/>', 'application/xml', false],
    ['a word that calls itself HTML', 'OK', 'text/html', false],
    ['nothing that calls itself HTML', '', 'text/html', false],
    ['JSON', '{"html":true}', 'application/json', false],
  ] as const)
    it(`is ${expected ? '' : 'not '}${what}`, () => {
      const answer = answerOf(200, text, type === undefined ? {} : { 'content-type': type });
      assert.equal(isPageForPeople(answer), expected);
      assert.equal(isTaken(answer), !expected);
    });
});

describe('an answer', () => {
  for (const [status, expected] of [
    [200, true],
    [201, true],
    [204, true],
    [302, false],
    [400, false],
    [500, false],
  ] as const)
    it(`of ${status} is ${expected ? '' : 'not '}an acceptance`, () => {
      assert.equal(isTaken(answerOf(status)), expected);
    });
});

describe('the usual verdict on', () => {
  for (const [what, status, text, kind, sentence] of [
    ['a refusal', 400, '', 'bad-response', 'Example refuses the message (HTTP 400)'],
    ['credentials', 401, '', 'auth', 'Example refuses the credentials (HTTP 401): check them in the settings'],
    ['rights', 403, '', 'auth', 'Example refuses the credentials (HTTP 403): check them in the settings'],
    ['an unknown path', 404, '', 'gone', 'Example is not at this address any more (HTTP 404)'],
    ['the end of a service', 410, '', 'gone', 'Example is not at this address any more (HTTP 410)'],
    ['a redirect', 307, '', 'gone', 'Example is not at this address any more (HTTP 307)'],
    ['a page', 200, page, 'gone', 'Example is not at this address any more (HTTP 200)'],
    ['a page that refuses', 403, page, 'gone', 'Example is not at this address any more (HTTP 403)'],
    ['a time-out', 408, '', 'unavailable', 'Example has trouble (HTTP 408)'],
    ['haste', 429, page, 'rate-limited', 'Example asks us to slow down (HTTP 429)'],
    ['trouble', 500, '', 'unavailable', 'Example has trouble (HTTP 500)'],
    ["a proxy's trouble", 502, page, 'unavailable', 'Example has trouble (HTTP 502)'],
  ] as const)
    it(`${what} (${status}) is ${kind}`, () => {
      const verdict = notTaken(answerOf(status, text, { 'content-type': 'text/html' }), 'Example');
      assert.deepEqual([verdict.kind, verdict.message], [kind, sentence]);
    });

  it('an answer is replaced by what it means with a service', () => {
    const verdicts: Verdicts = {
      400: ['settings', 'knows no such table', 'set TABLE'],
      redirect: ['settings', 'has moved'],
      webPage: ['auth', 'is behind a log-in'],
    };
    const said = (status: number, text = '') => notTaken(answerOf(status, text), 'Example', verdicts).message;
    assert.equal(said(400, page), 'Example knows no such table (HTTP 400): set TABLE');
    assert.equal(said(308), 'Example has moved (HTTP 308)');
    assert.equal(said(200, page), 'Example is behind a log-in (HTTP 200)');
    assert.equal(said(503, page), 'Example has trouble (HTTP 503)');
  });
});

describe('a Retry-After', () => {
  for (const [status, seconds] of [
    [429, 120],
    [503, 120],
    [400, undefined],
    [404, undefined],
  ] as const)
    it(`${seconds === undefined ? 'says nothing' : 'counts'} with ${status}`, () => {
      assert.equal(notTaken(answerOf(status, '', { 'retry-after': '120' }), 'Example').retryAfterSeconds, seconds);
    });

  it('may be a date', () => {
    const answer = answerOf(429, '', { 'retry-after': 'Fri, 01 May 2026 12:00:30 GMT' });
    assert.equal(notTaken(answer, 'Example').retryAfterSeconds, 30);
  });
});

describe('a sentence', () => {
  it('is plain and short, whatever a service gives for it', () => {
    const { message } = notTaken(answerOf(301), 'Example', {
      redirect: ['settings', `moved\u202e to ${'x'.repeat(500)}`],
    });
    assert.equal(message.length, 300);
    assert.match(message, /^Example moved to x+…$/);
  });

  it('keeps the structure of the answer beside it, and nothing of what stands there', () => {
    const { excerpt } = notTaken(answerOf(400, '{"error":"no such key abc","code":7}'), 'Example');
    assert.equal(excerpt, '{"error":text(15),"code":7}');
  });
});
