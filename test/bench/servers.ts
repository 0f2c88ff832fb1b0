/** The other side of the benchmark, in a process of its own so that its work is not counted: a vendor's cloud and Charge HQ. */
import { playChargeHq, playConversation } from '../support/conversation.ts';

const vendor = await playConversation([
  { path: '/v2/users/me', answer: { json: { user: { id: 815 } } } },
  {
    path: '/v2/users/815/installations',
    answer: ({ headers }) => ({ json: { records: [installation(Number(headers['x-now']))] } }),
  },
  { path: '/status', answer: () => ({ json: status() }) },
]);
const chargeHq = await playChargeHq();
process.send?.({ vendor: vendor.url, chargeHq: `${chargeHq.url}/push` });
process.on('message', () => process.send?.({ connections: vendor.connections() + chargeHq.connections() }));

/** As many entries as a real installation sends. */
function installation(now: number) {
  const filling = Array.from({ length: 40 }, (_, index) => ({
    code: `x${index}`,
    rawValue: index,
    formattedValue: `${index} W`,
  }));
  return {
    idSite: 4711,
    last_timestamp: Math.floor((now || Date.now()) / 1000) - 20,
    extended: [
      ...filling,
      { code: 'solar_yield', rawValue: 4200 },
      { code: 'from_to_grid', rawValue: -1500 },
      { code: 'bv', rawValue: 52 },
      { code: 'bc', rawValue: 10 },
      { code: 'bs', rawValue: 61.5 },
      { code: 'consumption', rawValue: 2600, dataAttributes: [{ code: 'a1' }] },
    ],
  };
}

/** What a meter of one's own answers. */
const status = () => ({
  time: new Date().toISOString().slice(0, 19),
  pv: { power: 1100 },
  import: 0,
  export: 200,
  battery: { power: 300, soc: 55 },
  phases: [{ power: 200 }, { power: 500 }, { power: 500 }],
});
