/** FusionSolar's kiosk link: production only, without a log-in, up to half an hour old. */
import * as z from 'zod/mini';
import { address, Failure, type Http, type Reading } from '../adapter.ts';
import { figure } from '../quantities.ts';

const kioskKey = /[?&]kk=([^&#]+)/;

/** `https://<host>/…/index.html#/kiosk?kk=<key>`, formerly `https://<host>/singleKiosk.html?kk=<key>`. */
export const kioskLink = address.check(z.regex(kioskKey, 'must be the whole kiosk link, with kk= in it'));

const Kiosk = z.object({ success: z.boolean(), data: z.optional(z.nullable(z.string())) });
/** kW, as a number or its text. */
const Figures = z.object({ realKpi: z.object({ realTimePower: figure }) });

/** @param hide keeps the key of the link out of all logs, wherever it is echoed. */
export async function readKiosk(link: string, http: Http, hide: (secret: string) => void): Promise<Reading> {
  const key = kioskKey.exec(link)?.[1] ?? '';
  hide(key);
  const { success, data } = await http.get('/rest/pvms/web/kiosk/v1/station-kiosk-file', {
    query: { kk: key },
    schema: Kiosk,
  });
  const plant = success ? parsed(data ?? '') : undefined;
  if (plant === undefined)
    throw new Failure(
      'auth',
      'The FusionSolar kiosk link has run out (it lives one year): make a new one under plant → Kiosk',
    );
  const figures = Figures.safeParse(plant);
  const production_kw = figures.data?.realKpi.realTimePower;
  if (production_kw === undefined) throw new Failure('bad-response', 'The FusionSolar kiosk shows no power');
  return { production_kw };
}

const characters: Record<string, string> = { quot: '"', '#34': '"', apos: "'", '#39': "'", lt: '<', gt: '>', amp: '&' };

/** The JSON in a text whose quotes are HTML entities, some of them encoded twice; undefined if there is none. */
function parsed(text: string, rounds = 3): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (rounds === 0) return undefined;
    const unescaped = text.replace(/&(#?\w+);/g, (entity, name) => characters[name] ?? entity);
    return parsed(unescaped, rounds - 1);
  }
}
