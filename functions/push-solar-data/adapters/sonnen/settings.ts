/** What an owner sets for sonnen, in either mode, and what is kept between reads. */
import * as z from 'zod/mini';
import { isCredentialName, secretProblem } from '../../settings/written.ts';
import {
  address,
  choice,
  list,
  orInAddress,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';
import { isHeader } from '../tunnel.ts';

/** `CF-Access-Client-Id: 0123.access` → its name and value. */
function headerOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(':');
  return [line.slice(0, Math.max(colon, 0)).trim(), line.slice(colon + 1).trim()];
}

const Headers = z.pipe(
  list.check(
    z.refine(
      (lines) =>
        lines.map(headerOf).every(([name, value]) => {
          const isHidden = !isCredentialName(name) || secretProblem(value) === undefined;
          return isHeader(name, value) && value !== '' && isHidden;
        }),
      'must be headers such as Name: value, separated by commas, each credential of at least 4 characters',
    ),
  ),
  z.transform((lines) => Object.fromEntries(lines.map(headerOf))),
);

export const settings = {
  mode: setting(
    z._default(
      choice({
        local: 'official JSON API of the battery, through your own tunnel',
        cloud: 'unofficial, with the log-in of my.sonnen',
      }),
      'local',
    ),
    'local (official JSON API of the battery, through your own tunnel) or cloud (unofficial, with the log-in of my.sonnen)',
  ),
  baseUrl: setting(
    z.optional(address),
    'Mode local: the https address of your tunnel or proxy, which leads to the battery',
  ),
  authToken: secret(
    z.optional(text),
    "Mode local: Auth-Token, from the battery's own web page → Software-Integration, with Read API switched on",
  ),
  timeZone: setting(
    z.optional(timeZone),
    "Mode local: time zone of the battery's clock, such as Europe/Berlin; without it nobody can tell how old the figures are",
  ),
  tunnelHeaders: secret(
    z.optional(Headers),
    'Mode local: headers that the tunnel asks for, separated by commas: CF-Access-Client-Id: …,CF-Access-Client-Secret: …',
  ),
  email: setting(z.optional(text), 'Mode cloud: e-mail address of the my.sonnen account'),
  password: secret(z.optional(text), 'Mode cloud: its password'),
  clientId: setting(
    z.optional(orInAddress(/[?&]client_id=([\w.~-]{1,200})/, text)),
    'Mode cloud: what follows client_id= in the address bar of the log-in page of my.sonnen.de; the whole address will do',
  ),
  siteId: setting(z.optional(text), "Mode cloud: id of the site in my.sonnen; without it the account's default site"),
};

export const State = z.object({
  siteId: z.string(),
  /** When the last reading was believed, ms since the epoch; only if there was sun. */
  sunnyAt: z.number(),
});
export type SonnenContext = ReadContext<SettingValues<typeof settings>, z.output<typeof State>, TokenSession>;
