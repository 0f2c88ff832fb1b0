/** AlphaESS Open API: stateless, every call signed; one call reads one system, in signed watts. */
import * as z from 'zod/mini';
import {
  defineAdapter,
  list,
  type ReadContext,
  type SettingValues,
  secret,
  setting,
  text,
  timeZone,
} from './adapter.ts';
import { readHistory } from './alphaess/history.ts';
import { LastValues, readLive } from './alphaess/live.ts';
import { isOfSystem, title } from './alphaess/platform.ts';
import { ListedSystems, listSystems, type System, systemsOf } from './alphaess/systems.ts';
import { ofOneHome, toMeasured } from './alphaess/values.ts';

const settings = {
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

/** By serial: `lastValues` of the live call, and when the battery of a `batteries` was last seen, ms. */
const State = z.object({
  listed: ListedSystems,
  lastValues: LastValues,
  batteries: z.record(z.string(), z.number()),
});

type Context = ReadContext<SettingValues<typeof settings>, z.output<typeof State>>;

export const alphaess = defineAdapter({
  vendor: 'alphaess',
  title,
  homepage: 'https://open.alphaess.com',
  standing: 'recommended',
  refresh: 'a minute or less, as far as is known: the cloud tells no time. Storion: up to 10 minutes',
  needs: 'an AppID and an AppSecret, free at open.alphaess.com',
  baseUrl: 'https://openapi.alphaess.com',
  pollSeconds: 60,
  staleAfterSeconds: 900,
  settings,
  state: State,
  discover: async (context) => ({
    serials: (await listSystems(context)).map(({ value, title: model }) => ({ value, title: model })),
  }),
  async read(context) {
    try {
      const measured = [];
      for (const system of await systemsOf(context)) measured.push(await measure(system, context));
      return ofOneHome(measured, context); // one that fails has ended the read: half a home is worse than none
    } catch (error) {
      if (isOfSystem(error)) delete context.state.listed; // perhaps it was exchanged
      throw error;
    }
  },
});

/** Some models answer the live call with nulls for ever; it is asked first all the same. */
const measure = async (system: System, context: Context) =>
  toMeasured(system, (await readLive(system, context)) ?? (await readHistory(system, context)), context);
