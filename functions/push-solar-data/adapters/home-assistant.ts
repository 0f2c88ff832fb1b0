/** Home Assistant: the owner's own entities over its REST API. Facts: developers.home-assistant.io/docs/api/rest. */
import * as z from 'zod/mini';
import {
  type AdapterReading,
  choice,
  defineAdapter,
  Failure,
  type Http,
  jsonWebToken,
  list,
  looksLike,
  type MeaningOf,
  secret,
  setting,
  text,
} from './adapter.ts';
import { EveryState, entityChoices } from './home-assistant/choices.ts';
import { charge, type Entities, type Entity, energy, idOf, sumOf } from './home-assistant/entities.ts';
import { knownPowers } from './home-assistant/flows.ts';
import { extraHeaders } from './tunnel.ts';

/** Ids go into paths and templates: nothing else may pass. */
const entry = z
  .string()
  .check(z.regex(/^-?[a-z0-9_]+\.[a-z0-9_]+$/, 'must be ids of entities such as sensor.pv_power'));
const entries = z.optional(z.pipe(list, z.array(entry)));
const lone = z.optional(z.string().check(z.regex(/^[a-z0-9_]+\.[a-z0-9_]+$/, 'must be the id of one entity')));

export const homeAssistant = defineAdapter({
  vendor: 'home-assistant',
  title: 'Home Assistant',
  homepage: 'https://www.home-assistant.io',
  knownAs: ['Hass', 'HASS.io', 'Nabu Casa'],
  standing: 'recommended',
  refresh: 'as old as the integration in Home Assistant makes them: seconds to 5 minutes',
  needs: 'the https address of your Home Assistant and a long-lived access token',
  pollSeconds: 60,
  settings: {
    token: looksLike(
      jsonWebToken,
      secret(text, 'Long-lived access token: your profile → Security → Long-lived access tokens → Create token'),
    ),
    production: setting(
      entries,
      'Entities with solar power, separated by commas and added up; a leading - inverts one (for all lists alike)',
    ),
    netImport: setting(
      entries,
      'Entities with grid power, + importing: sensor.grid_power, or sensor.grid_import,-sensor.grid_export',
    ),
    consumption: setting(
      entries,
      'Entities with the power that the whole home uses; only where solar or grid power has no entity or often no figure',
    ),
    batteryDischarge: setting(entries, 'Entities with battery power, + discharging'),
    batterySoc: setting(lone, 'Entity with the state of charge of the battery in %'),
    importedEnergy: setting(entries, 'Entities with the energy imported over the lifetime of the meter'),
    exportedEnergy: setting(entries, 'Entities with the energy exported over the lifetime of the meter'),
    mode: setting(
      z._default(
        choice({
          template: "one call, true ages; with an administrator's token",
          states: 'a call for each entity, with any token',
        }),
        'template',
      ),
      "template asks once for all entities and knows the age of each, but needs an administrator's token; states asks for each entity, as the bridge does by itself with another token",
    ),
    extraHeaders,
  },
  requires: () => [['production', 'netImport', 'consumption']],
  state: z.object({ readsEach: z.boolean() }),
  discovers: ['production', 'netImport', 'consumption'],
  parts: [{ question: 'Is there a battery at this home?', settings: ['batteryDischarge', 'batterySoc'] }],
  discover: async (context) =>
    entityChoices(
      await clientOf(context.http, context.settings).get('/api/states', {
        schema: EveryState,
        kinds: kinds('its entities'),
      }),
    ),
  async read(context): Promise<AdapterReading> {
    const { settings, state, note } = context;
    const { token, mode, extraHeaders, ...lists } = settings;
    const http = clientOf(context.http, { token, extraHeaders });
    const listed = Object.values(lists).flatMap((list) => list ?? []);
    const ids = [...new Set(listed.map(idOf))];
    const asksAtOnce = mode === 'template' && !state.readsEach;
    /** Each refused template is a failed log-in to Home Assistant, so it is not repeated until a setting changes. */
    const templateIsRefused = () => {
      state.readsEach = true;
      note('Home Assistant answers its template to administrators only: read by states, ages are less exact');
    };
    const atOnce = asksAtOnce ? await askAtOnce(http, ids) : undefined;
    const entities =
      atOnce ??
      (await askEach(http, ids).catch((error: unknown) => {
        if (asksAtOnce && error instanceof Failure && error.status === 404) templateIsRefused(); // it knows the token
        throw error;
      }));
    if (asksAtOnce && !atOnce) templateIsRefused();

    const { production, netImport: grid, consumption, batteryDischarge: battery } = lists;
    const flows = { production, grid, consumption, battery };
    const known = knownPowers(flows, entities, atOnce ? 'writing' : 'change', context);
    return {
      production_kw: known.production,
      net_import_kw: known.grid, // + import
      consumption_kw: known.consumption,
      battery_discharge_kw: known.battery, // + discharging
      battery_soc: sumOf(lists.batterySoc, entities, charge),
      imported_kwh: sumOf(lists.importedEnergy, entities, energy),
      exported_kwh: sumOf(lists.exportedEnergy, entities, energy),
      lacking: known.lacking, // what is configured is there
    };
  },
});

type Access = { token: string; extraHeaders?: Record<string, string> | undefined };
const clientOf = (http: Http, { token, extraHeaders }: Access): Http =>
  http.extend({ headers: { ...extraHeaders, authorization: `Bearer ${token}` } });

/** Why Home Assistant, or what stands in front of it, refuses to show an entity. */
const kinds = (id: string): Record<number, MeaningOf> => ({
  400: ({ tryJson }) =>
    tryJson(z.object({ message: z.string() }))
      ? ['bad-response', 'cannot fill in the template: set {mode} to states']
      : ['bad-response', 'refuses the proxy in front of it: allow use_x_forwarded_for and this one in trusted_proxies'],
  401: ['auth', `does not show ${id}: the token ({token}) is wrong or deleted, or its user may not read this entity`],
  403: ({ beginning }) =>
    /^(403: Forbidden)?$/.test(beginning.trim())
      ? ['auth', 'has banned our address after failed log-ins: delete the entry from ip_bans.yaml and restart it']
      : ['auth', 'is behind a tunnel or proxy that refused us: check {extraHeaders}'],
  404: ({ beginning }) =>
    /entity not found/i.test(beginning)
      ? ['bad-response', `does not know ${id}: the entity was renamed, or Home Assistant is still starting`]
      : ['bad-response', 'is not at this address: check {baseUrl}'],
});

const State = z.object({
  state: z.string(),
  attributes: z.object({ unit_of_measurement: z.nullish(z.string()) }),
  last_updated: z.nullish(z.string()),
  last_reported: z.nullish(z.string()), // since 2024.4
});

/**
 * One call per entity, at most ten side by side. The first goes alone: with a dead token each call would count as a
 * failed log-in, which Home Assistant tells its owner and may answer with a ban of our address.
 */
async function askEach(http: Http, ids: readonly string[]): Promise<Entities> {
  const askOne = async (id: string): Promise<[string, Entity]> => {
    const shown = await http.get(`/api/states/${id}`, { schema: State, kinds: kinds(id) });
    const { state, attributes, last_reported, last_updated } = shown;
    return [id, { state, unit: attributes.unit_of_measurement, reportedAt: last_reported ?? last_updated }];
  };
  const entities: [string, Entity][] = [];
  for (let from = 0, size = 1; from < ids.length; from += size, size = 10) {
    const batch = ids.slice(from, from + size).map(askOne);
    await Promise.allSettled(batch); // so that the first refusal in the owner's order is told
    entities.push(...(await Promise.all(batch)));
  }
  return new Map(entities);
}

const Rows = z.array(z.object({ e: z.string(), s: z.string(), u: z.nullable(z.string()), r: z.nullable(z.string()) }));

/**
 * One call for all, rendered by Home Assistant as a text that holds JSON. An unknown entity has neither unit nor time.
 *
 * @returns undefined if this call is refused, which may be for this user alone.
 */
async function askAtOnce(http: Http, ids: readonly string[]): Promise<Entities | undefined> {
  const template = `[${ids.map(rowTemplate).join(',')}]`;
  const call = { json: { template }, accept: [401, 403], kinds: kinds('the template') };
  const answer = await http.send('POST', '/api/template', call);
  if (answer.status === 401 || answer.status === 403) return undefined;
  return new Map(answer.json(Rows).map(({ e, s, u, r }) => [e, { state: s, unit: u, reportedAt: r }]));
}

const rowTemplate = (id: string): string =>
  `{"e":"${id}","s":{{ states('${id}')|to_json }},"u":{{ state_attr('${id}','unit_of_measurement')|to_json }},` +
  `"r":{% set x=states['${id}'] %}{{ ((x.last_reported|default(x.last_updated)).isoformat() if x else none)|to_json }}}`;
