/** The destinations that are played under every fault, an entry each. */
import type { Push } from '../support/conversation.ts';
import { overHttp, type TestedDestination } from './tested-destination.ts';

/** With everything that one of the forms of an echo changes. */
const difficultSecret = 'Gr&n=<Wärme>\'25"\\+%/?';

export const testedDestinations: readonly TestedDestination[] = [
  overHttp({
    name: 'Charge HQ',
    settings: { CHARGE_HQ_API_KEY: difficultSecret, CHARGE_HQ_URL: '{server}/push' },
    secrets: [difficultSecret],
    usual: { json: { message: 'thank you' } },
    productionOf: ({ body }) => (body as Push).siteMeters?.['production_kw'],
  }),
];
