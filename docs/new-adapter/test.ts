import assert from 'node:assert/strict';
import { it } from 'node:test';
import { testAdapter } from '../../test/adapters/test-adapter.ts';
import { discover } from '../../test/support/discover.ts';
import { playAdapter } from '../../test/support/home.ts';
import { conversation, live, logIn, now, onlyPlant, plants, settings } from './conversation.ts';
import { exampleCloud } from './example-cloud.ts';

const play = (changed: object) =>
  playAdapter(exampleCloud, { settings, now, exchanges: [logIn, onlyPlant, live(changed)] });

testAdapter(exampleCloud, conversation);

for (const [what, changed, wanted] of [
  ['import is positive', { grid: 800 }, { net_import_kw: 0.8, consumption_kw: 4.5 }],
  ['a discharging battery is positive', { battery: -1250 }, { battery_discharge_kw: 1.25, consumption_kw: 3.95 }],
] as const)
  it(what, async () => {
    const { pushes } = await play(changed);
    for (const [field, value] of Object.entries(wanted)) assert.equal(pushes[0]?.siteMeters?.[field], value, field);
  });

it('leaves the battery out of a home without one', async () => {
  const { pushes } = await play({ battery: null, soc: null });
  assert.deepEqual(pushes[0]?.siteMeters, { production_kw: 4.2, net_import_kw: -1.5, consumption_kw: 2.7 });
});

it('finds the plants to choose from', async () => {
  const exchanges = [logIn, plants({ id: 4711, name: 'Home' }, { id: 4712 })];
  assert.deepEqual(await discover(exampleCloud, { settings, now, exchanges }), {
    plantId: [
      { value: '4711', title: 'Home' },
      { value: '4712', title: undefined },
    ],
  });
});

it('names the setting that chooses, where there are several plants', async () => {
  const exchanges = [logIn, plants({ id: 4711, name: 'Home' }, { id: 4712 })];
  const { report } = await playAdapter(exampleCloud, { settings, now, exchanges });
  assert.match(report.error ?? '', /EXAMPLE_CLOUD_PLANT_ID to one of 4711 \(Home\), 4712/);
});
