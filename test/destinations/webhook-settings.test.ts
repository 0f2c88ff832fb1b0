import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { webhook } from '../../functions/push-solar-data/destinations/webhook.ts';
import { configured } from '../support/destinations.ts';

const path = '/hook/k3y-in-the-path-41c7';

describe('settings', () => {
  const url = `https://hooks.example${path}`;
  for (const [settings, problem] of [
    [{}, /^WEBHOOK_URL is missing: /],
    [{ url: `http://hooks.example${path}` }, /^WEBHOOK_URL must be an address that begins with https:/],
    [{ url: `hooks.example${path}` }, /^WEBHOOK_URL must be an address that begins with https:/],
    [
      { url: `https://me:made-up-pass@hooks.example${path}` },
      /^WEBHOOK_URL must hold no user name or password before an @/,
    ],
    [{ url, secret: 'whsec_k3yk3yk3y' }, /^WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64 random bytes/],
    [{ url, headers: 'X-Key: k3y-k3y-k3y' }, /^WEBHOOK_HEADERS must be a JSON object of headers/],
    [{ url, headers: '["k3y-k3y-k3y"]' }, /^WEBHOOK_HEADERS must be a JSON object of headers/],
    [
      { url, headers: '{"X-Key":"k3y-k3y\\n-k3y"}' },
      /^WEBHOOK_HEADERS must be a JSON object of headers that HTTP allows/,
    ],
    [{ url, headers: '{"X Key":"k3y-k3y-k3y"}' }, /^WEBHOOK_HEADERS must be a JSON object of headers that HTTP allows/],
    [{ url, headers: '{"Content-Length":"5"}' }, /^WEBHOOK_HEADERS must be a JSON object of headers that HTTP allows/],
    [{ url, contentType: 'text/→' }, /^WEBHOOK_CONTENT_TYPE holds a character that no HTTP header may hold/],
    [{ url, intervalSeconds: '29' }, /^WEBHOOK_INTERVAL_SECONDS must be a number of at least 30 \(it is "29"\)/],
    [{ url, intervalSeconds: 'often' }, /^WEBHOOK_INTERVAL_SECONDS must be a number of at least 30/],
  ] as const)
    it(`${JSON.stringify(settings)} are refused by name, without a secret`, () => {
      const { problems } = configured(webhook, settings);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
      assert.doesNotMatch(problems[0] ?? '', /k3y|made-up/);
    });

  it('have the name of the label', () => {
    assert.match(configured(webhook, {}, { label: 'alert' }).problems[0] ?? '', /^ALERT_URL is missing/);
  });

  it('set the interval, which is half a minute at least', () => {
    assert.equal(configured(webhook, { url, intervalSeconds: '900' }).intervalSeconds, 900);
    const { intervalSeconds, minSecondsBetween } = configured(webhook, { url });
    assert.deepEqual([intervalSeconds, minSecondsBetween], [undefined, 30]);
  });
});
