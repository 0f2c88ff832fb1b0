/** A fleet in small: two shards with every cloud of the mix, quick ones, so that it takes seconds. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FleetRow } from '../../infra/fleet-measured.ts';
import type { FleetOptions, FleetPlayed } from './figures.ts';
import { playFleet } from './played.ts';
import { rowOf, wrongWith } from './row.ts';

const small: FleetOptions = {
  ...{ homes: 50, minutes: 5, minutesBefore: 1, seed: 5, state: 'parameters', homesARegion: 50 },
  quotas: { reads: 40, writes: 3 },
  waiting: {
    clouds: { medianMs: 20, percentile99Ms: 60 },
    receivers: { medianMs: 10, percentile99Ms: 30 },
  },
  ...{ hasTrouble: true, minutesAnInstance: 3, spacingMs: 5 },
};

type Told = { played: FleetPlayed; row: FleetRow };

const isThrottled = ({ played: { instances } }: Told) => {
  const { deployment, after } = instances;
  assert.ok(deployment.throttledReads + after.throttledReads > 0);
};

/** Of what is stored, calls that one kind of store makes and the other does not. */
const stores = ({ played: { instances } }: Told, name: string, other: string) => {
  assert.ok((instances.after.calls[name] ?? 0) > 0);
  assert.equal(instances.after.calls[other], undefined);
};

const fleets: [name: string, changes: Partial<FleetOptions>, shows: (told: Told) => void][] = [
  ['state in a table', { state: 'dynamodb' }, (told) => stores(told, 'UpdateItem', 'PutParameter')],
  ['state in parameters', {}, (told) => stores(told, 'PutParameter', 'UpdateItem')],
  ['less than half of the quotas that are expected', { quotas: { reads: 15, writes: 1.5 } }, isThrottled],
];

describe('50 homes from a deployment on, with instances that are replaced and clouds that fail at random', () => {
  for (const [name, changes, shows] of fleets)
    it(`${name}: no minute is missed, nothing of a home is told of another, and every state is right at the end`, async () => {
      const played = await playFleet({ ...small, ...changes });
      const row = rowOf(played);
      assert.deepEqual(wrongWith(played), []);
      assert.equal(played.log.homeLines, small.homes * row.minutes);
      assert.ok(played.instances.coldStarts > 0);
      assert.ok((played.log.outcomes['pushed'] ?? 0) > small.homes);
      assert.equal(row.told.within20, 1);
      shows({ played, row });
    });
});
