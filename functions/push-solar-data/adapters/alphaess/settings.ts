/** What the owner sets, and what is kept from one read to the next. */
import * as z from 'zod/mini';
import { list, type ReadContext, type SettingValues, secret, setting, text, timeZone } from '../adapter.ts';

export const title = 'AlphaESS Open API';

export const settings = {
  appId: setting(text, 'AppID: sign in at open.alphaess.com, and the page shows it'),
  appSecret: secret(text, 'AppSecret, on the same page'),
  serials: setting(
    z.optional(list),
    'Serial number (SN) of the system, where the AppID holds several; several of them, separated by commas, only if they all serve one home',
  ),
  timeZone: setting(
    z.optional(timeZone),
    'Time zone of the plant, such as Australia/Sydney: needed for models without live figures (Storion), whose 5-minute history is read instead',
  ),
};

/**
 * By serial: since when the live call gives the same `lastValues`, and when one of the `batteries` was last seen.
 * `listed`: the home's own systems. All times in ms.
 */
export const State = z.object({
  listed: z.object({
    at: z.number(),
    systems: z.array(z.object({ sn: z.string(), capacity_kwh: z.optional(z.number()) })),
  }),
  lastValues: z.record(z.string(), z.object({ values: z.string(), since: z.number() })),
  batteries: z.record(z.string(), z.number()),
});

export type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;
