/** FusionSolar's kiosk link: production only, without a log-in, up to half an hour old. */
import * as z from 'zod/mini';
import { readJson } from '../../platform/json.ts';
import { address, type Http, type Reading } from '../adapter.ts';
import { kilowatts } from '../units.ts';

const kioskKey = /[?&]kk=([^&#]+)/;

/** `https://<host>/…/index.html#/kiosk?kk=<key>`, formerly `https://<host>/singleKiosk.html?kk=<key>`. */
export const kioskLink = address.check(z.regex(kioskKey, 'must be the whole kiosk link, with kk= in it'));

const Kiosk = z.object({ success: z.boolean(), data: z.nullish(z.string()) });
const Plant = z.object({ realKpi: z.object({ realTimePower: kilowatts }) });

export async function readKiosk(link: string, http: Http): Promise<Reading> {
  const kk = kioskKey.exec(link)?.[1] ?? '';
  const answer = await http.send('GET', '/rest/pvms/web/kiosk/v1/station-kiosk-file', { query: { kk } });
  const { success, data } = answer.json(Kiosk);
  const plant = success ? parsed(data ?? '') : undefined;
  if (plant) return { production_kw: Plant.safeParse(plant).data?.realKpi.realTimePower };
  const sentence = 'says that the kiosk link has run out (it lives one year): make a new one under plant → Kiosk';
  throw answer.failure('auth', sentence);
}

const characters: Record<string, string> = { quot: '"', '#34': '"', apos: "'", '#39': "'", lt: '<', gt: '>', amp: '&' };

/** The JSON in a text whose quotes are HTML entities, some of them encoded twice; undefined if there is none. */
function parsed(text: string, rounds = 3): unknown {
  const json = readJson(text);
  if ('value' in json) return json.value;
  const unescaped = text.replace(/&(#?\w+);/g, (entity, name) => characters[name] ?? entity);
  return rounds === 0 ? undefined : parsed(unescaped, rounds - 1);
}
