import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { webhook } from '../../functions/push-solar-data/destinations/webhook.ts';
import { configured, figuresOf, type ReceiverAnswer, receive, tell } from '../support/destinations.ts';

/** How one message ends at a receiver that answers so. */
async function told(t: TestContext, settings: Record<string, string>, { answer }: { answer: ReceiverAnswer }) {
  const { url } = await receive(t, answer);
  const { row, state, remarks } = await tell(
    t,
    configured(webhook, { url: `${url}/hook/k3y`, ...settings }),
    figuresOf({ net_import_kw: 1 }),
  );
  return { row, all: JSON.stringify([row, state, remarks]) };
}

describe('what the owner expects of an answer', () => {
  const zero = { text: '0' };
  const no = { text: '{"success":false,"message":"k3y-in-the-path-41c7"}' };
  for (const [expression, answer, outcome] of [
    ['text != "0"', zero, 'failed'],
    ['text != "0"', { text: '1' }, 'pushed'],
    ['json.success', no, 'failed'],
    ['json.success', { text: '{"success":true}' }, 'pushed'],
    ['json.success', { text: 'no JSON' }, 'pushed'],
    ['status = 202', { status: 202 }, 'pushed'],
    ['status = 202', {}, 'failed'],
    ['json', { text: 'null' }, 'pushed'],
  ] as const)
    it(`(${expression}) makes ${JSON.stringify(answer)} ${outcome}`, async (t) => {
      const { row } = await told(t, { expect: expression }, { answer });
      assert.equal(row.outcome, outcome);
      if (outcome === 'pushed') return;
      assert.equal(row.kind, 'bad-response');
      assert.match(row.error ?? '', /^Your webhook answers what WEBHOOK_EXPECT takes for a refusal \(HTTP 200\)$/);
    });

  it('keeps of a refusal the structure alone', async (t) => {
    const { row } = await told(t, { expect: 'json.success' }, { answer: no });
    assert.equal(row.excerpt, '{"success":false,"message":text(20)}');
  });

  it('that fails is a setting to be mended, in words that quote nothing of the answer', async (t) => {
    const { row, all } = await told(t, { expect: '$number(json.message)' }, { answer: no });
    assert.equal(row.kind, 'settings');
    const sentence =
      'WEBHOOK_EXPECT cannot judge the answer of Your webhook (HTTP 200), because it fails (JSONata D3030)';
    assert.equal(row.error, `${sentence}: correct the expression`);
    assert.doesNotMatch(all, /k3y/);
  });

  it('is not asked where the status refuses', async (t) => {
    const { row } = await told(t, { expect: '$number(text)' }, { answer: { status: 500, text: 'x' } });
    assert.equal(row.kind, 'unavailable');
  });
});
