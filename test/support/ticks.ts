/** Whole ticks of homes with small adapters of the test's own, and what they give. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { type Adapter, Failure, type Reading } from '../../functions/push-solar-data/adapters/adapter.ts';
import type { FailureKind } from '../../functions/push-solar-data/core/failure.ts';
import type { StateStore } from '../../functions/push-solar-data/persistence/store.ts';
import type { Budget } from '../../functions/push-solar-data/runtime.ts';
import type { SettingTexts } from '../../functions/push-solar-data/settings/settings-reader.ts';
import { type Answer, playChargeHq } from './conversation.ts';
import { openHome } from './home.ts';
import { adapterOf } from './sources.ts';

/** When the first tick of these homes begins. */
export const start = Date.parse('2026-05-01T12:00:00Z');

/** A home with these adapters (each labelled by its vendor) and a Charge HQ that answers so; both end with the test. */
export async function homeOf(
  t: TestContext,
  adapters: readonly Adapter[],
  { answer, texts = {}, store, budget }: FakeHomeOptions = {},
) {
  const chargeHq = await playChargeHq(answer);
  const home = openHome({
    adapters,
    now: start,
    texts: {
      VENDOR: adapters.map(({ vendor }) => vendor).join(','),
      CHARGE_HQ_URL: `${chargeHq.url}/push`,
      ...texts,
    },
    ...(store ? { store } : {}),
    ...(budget ? { budget } : {}),
  });
  t.after(async () => {
    await home.close();
    await chargeHq.close();
  });
  return {
    ...home,
    pushes: chargeHq.pushes,
    /** The next tick comes so much later. */
    tickAfter(seconds: number) {
      home.clock.advance(seconds);
      return home.tick();
    },
  };
}
export type FakeHomeOptions = {
  answer?: (nth: number) => Answer;
  texts?: SettingTexts;
  store?: StateStore;
  budget?: Budget;
};

/** An adapter that gives one thing after the other (the last for ever) and counts how often it was asked. */
export function giving(vendor: string, ...gives: (Reading | Error)[]) {
  const asked = { times: 0 };
  const read = async (): Promise<Reading> => {
    const given = gives[Math.min(asked.times, gives.length - 1)];
    asked.times += 1;
    if (given instanceof Error) throw given;
    return given ?? assert.fail('nothing to give');
  };
  return { asked, read, adapter: adapterOf({ vendor, read }) };
}

/** An adapter whose figures move, as live ones do. */
export function live(vendor: string) {
  const asked = { times: 0 };
  const read = async (): Promise<Reading> => {
    asked.times += 1;
    return { production_kw: 4 + asked.times / 1000, net_import_kw: -1.5 };
  };
  return { asked, read, adapter: adapterOf({ vendor, read }) };
}

/** 4.2 kW of sun, 1.5 kW exported. */
export const sunny: Reading = { production_kw: 4.2, net_import_kw: -1.5 };
/** What is pushed of it. */
export const pushed = { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 };
export const failureOf = (kind: FailureKind, retryAfterSeconds?: number) =>
  new Failure(kind, `Example Cloud: ${kind}`, retryAfterSeconds === undefined ? {} : { retryAfterSeconds });
