/** AlphaESS Open API: stateless, every call signed; one call reads one system, in signed watts. */
import { defineAdapter } from './adapter.ts';
import { readHistory } from './alphaess/history.ts';
import { readLive } from './alphaess/live.ts';
import { isOfSystem } from './alphaess/platform.ts';
import { type Context, State, settings, title } from './alphaess/settings.ts';
import { listSystems, type System, systemsOf } from './alphaess/systems.ts';
import { ofOneHome, toMeasured } from './alphaess/values.ts';

export const alphaess = defineAdapter({
  vendor: 'alphaess',
  title,
  homepage: 'https://open.alphaess.com',
  knownAs: ['AlphaCloud', 'Alpha ESS', 'Storion', 'alphaess.com'],
  standing: 'recommended',
  refresh: 'a minute or less, as far as is known: the cloud tells no time. Storion: up to 10 minutes',
  needs: 'an AppID and an AppSecret, free at open.alphaess.com',
  baseUrl: 'https://openapi.alphaess.com',
  pollSeconds: 60,
  staleAfterSeconds: 900,
  settings,
  state: State,
  discover: async (context) => ({
    serials: (await listSystems(context)).map(({ value, title: model, capacity_kwh }) => ({
      value,
      title: [model, capacity_kwh && `battery of ${capacity_kwh} kWh`].filter(Boolean).join(', '),
    })),
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
