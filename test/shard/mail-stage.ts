/** A shard's mails, with homes that are told minute by minute what became of their ticks. */
import { afterTick, type HomeMinute } from '../../functions/push-solar-data/core/home-watch.ts';
import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { memoryStore } from '../../functions/push-solar-data/persistence/memory-store.ts';
import { type Mail, openShardMail } from '../../functions/push-solar-data/shard-mail.ts';

const minuteMs = 60_000;
const begin = Date.parse('2026-06-01T10:00:00Z');

const report = (site: string, rest: Partial<TickReport>): TickReport => ({
  outcome: 'pushed',
  site,
  sources: [],
  destinations: [{ label: 'charge-hq', outcome: 'pushed', ms: 1 }],
  ms: 1,
  ...rest,
});
export const failing = { outcome: 'reported', kind: 'auth', error: 'FoxESS refuses the key' } as const;

export function openStage(stores = new Map<string, ReturnType<typeof memoryStore>>()) {
  const mails: Mail[] = [];
  const stage = { mails, stores, refuse: false, minute: 0 };
  const storeOf = (site: string) => {
    const store = stores.get(site) ?? memoryStore({ writesAreCounted: true });
    stores.set(site, store);
    return store;
  };
  const open = () =>
    openShardMail({
      stack: 'valley',
      storeOf,
      async send(mail) {
        if (stage.refuse) throw Object.assign(new Error('no'), { name: 'AuthorizationError' });
        mails.push(mail);
      },
    });
  let mail = open();
  let watches = new Map<string, HomeMinute['watch']>();
  return {
    ...stage,
    /** Every home has such minutes, one after the other. */
    async minutes(count: number, homes: Record<string, Partial<TickReport>>): Promise<(string | undefined)[]> {
      const complaints: (string | undefined)[] = [];
      for (let nth = 0; nth < count; nth++) {
        const now = begin + stage.minute++ * minuteMs;
        const minutes = Object.entries(homes).map(([site, rest]) => {
          const told = report(site, rest);
          const watch = afterTick(watches.get(site), told, { now, slowestPollSeconds: 60 });
          watches.set(site, watch);
          return { report: told, watch, isOver: true, hasBug: false };
        });
        complaints.push(await mail.after(minutes, now));
      }
      return complaints;
    },
    coldStart() {
      mail = open();
      watches = new Map();
    },
    refuse(refuse: boolean) {
      stage.refuse = refuse;
    },
  };
}
