import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import { signatureHeaders, signingKey } from '../../functions/push-solar-data/destinations/signature.ts';

const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 'solar').toString('base64')}`;

describe('a signature', () => {
  it('is taken by the reference verifier, whatever the body, and by it alone with the same key', () => {
    const secret = secretOf(24);
    const key = signingKey.parse(secret);
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const body = JSON.stringify({ text });
        const headers = signatureHeaders(key, 'msg_home_1', Date.now(), body);
        assert.deepEqual(new Webhook(secret).verify(body, headers), { text });
        assert.throws(() => new Webhook(secret).verify(`${body} `, headers), /No matching signature/);
        assert.throws(() => new Webhook(secretOf(32)).verify(body, headers), /No matching signature/);
      }),
      { numRuns: 50 },
    );
  });

  it('is of the id, the whole second and the body', () => {
    const key = signingKey.parse(secretOf(24));
    const headersAt = (id: string, now: number) => signatureHeaders(key, id, now, '{}');
    const first = headersAt('msg_home_1', 1_784_342_463_000);
    assert.equal(first['webhook-id'], 'msg_home_1');
    assert.equal(first['webhook-timestamp'], '1784342463');
    assert.deepEqual(headersAt('msg_home_1', 1_784_342_463_999), first);
    for (const other of [headersAt('msg_home_2', 1_784_342_463_000), headersAt('msg_home_1', 1_784_342_464_000)])
      assert.notEqual(other['webhook-signature'], first['webhook-signature']);
  });
});

describe('a secret', () => {
  for (const bytes of [24, 25, 26, 32, 63, 64])
    it(`may have ${bytes} bytes`, () => assert.equal(signingKey.parse(secretOf(bytes)).length, bytes));

  for (const [what, secret] of [
    ['of too few bytes', secretOf(23)],
    ['of too many bytes', secretOf(65)],
    ['without its beginning', secretOf(32).slice(6)],
    ['that is no base64', `whsec_${'!'.repeat(40)}`],
    ['with what follows it', `${secretOf(32)} `],
  ] as const)
    it(`${what} is refused in a sentence`, () => {
      const [issue] = signingKey.safeParse(secret).error?.issues ?? [];
      assert.equal(issue?.message, 'must be whsec_ and base64 of 24 to 64 random bytes');
    });
});
