import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { type Cookies, cookieHeader, cookiesAfter } from '../../functions/push-solar-data/adapters/cookies.ts';

/** The cookies after an answer that sets these. */
const after = (cookies: Cookies, ...lines: string[]): Cookies =>
  cookiesAfter(cookies, { headers: { 'set-cookie': lines } });

test('An answer sets, changes and removes cookies', () => {
  const first = after({}, 'a=1; path=/; HttpOnly', ' b = 2=3 ', 'c=4');
  deepEqual(first, { a: '1', b: '2=3', c: '4' });
  deepEqual(after(first, 'a=5', 'b=; path=/', 'c=x; Max-Age=0', 'd=6; max-age=60'), { a: '5', d: '6' });
  deepEqual(cookiesAfter(first, { headers: {} }), first);
  deepEqual(cookieHeader(first), { cookie: 'a=1; b=2=3; c=4' });
});

test('What is no cookie, or cannot be sent back, is left', () => {
  deepEqual(after({}, '', 'a', '=1', ' =1', ';a=1', 'b=\u0001', 'c=\u00e4', 'd=ok'), { d: 'ok' });
});

test('Ever new cookies stay few and small, and the log-in keeps its own and their changes', () => {
  let cookies = after({}, 'session=0', 'locale=en');
  for (let answer = 1; answer <= 50; answer++) {
    const visits = Array.from({ length: 8 }, (_, nth) => `visit_${answer}_${nth}=${'v'.repeat(answer % 2 ? 400 : 4)}`);
    cookies = after(cookies, ...visits, `session=${answer}`);
  }
  ok(Object.keys(cookies).length <= 30);
  ok(cookieHeader(cookies).cookie.length <= 3_000);
  equal(cookies['session'], '50');
  equal(cookies['locale'], 'en');
});

test('A cookie of megabytes finds no room, and the others do', () => {
  deepEqual(after({ a: '1' }, `b=${'x'.repeat(2_000_000)}`, 'c=2'), { a: '1', c: '2' });
});
