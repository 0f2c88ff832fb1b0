import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { createBody, decode } from '../../functions/push-solar-data/platform/body.ts';

test('A body is its chunks in a row', () => {
  const body = createBody();
  for (const text of ['one', '', ' two', ' three'.repeat(10_000)]) body.add(Buffer.from(text));
  equal(body.bytes().toString(), `one two${' three'.repeat(10_000)}`);
});

test('An empty body has no bytes', () => {
  deepEqual(createBody().bytes(), Buffer.alloc(0));
});

test('A body in pieces of one byte takes little more than its size', () => {
  const used = () => process.memoryUsage().heapUsed + process.memoryUsage().external;
  const before = used();
  const body = createBody();
  let most = 0;
  for (let n = 0; n < 2_000_000; n++) {
    body.add(Buffer.from([0x20]));
    if (n % 100_000 === 0) most = Math.max(most, used() - before);
  }
  ok(most < 100e6, `${most} bytes`);
});

test('An encoding that nobody knows is none', async () => {
  for (const encoding of [undefined, 'identity', 'constructor', '__proto__'])
    equal(await decode(Buffer.from('\ufefftext'), encoding), 'text');
});
