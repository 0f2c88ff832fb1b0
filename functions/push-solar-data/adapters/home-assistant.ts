/** Home Assistant: the owner's own entities over its REST API. Facts: developers.home-assistant.io/docs/api/rest. */
import * as z from 'zod/mini';
import {
  type AdapterReading,
  type Answer,
  choice,
  defineAdapter,
  Failure,
  type Http,
  list,
  secret,
  setting,
  text,
} from './adapter.ts';
import { type Entity, idOf } from './home-assistant/entities.ts';
import { readingOf } from './home-assistant/flows.ts';
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
  standing: 'recommended',
  refresh: 'as old as the integration in Home Assistant makes them: seconds to 5 minutes',
  needs: 'the https address of your Home Assistant, a long-lived access token and the ids of your entities',
  pollSeconds: 60,
  settings: {
    token: secret(text, 'Long-lived access token: your profile → Security → Long-lived access tokens → Create token'),
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
      z._default(choice('template', 'states'), 'template'),
      "template asks once for all entities and knows the age of each, but needs an administrator's token; states asks for each entity, as the bridge does by itself with another token",
    ),
    extraHeaders,
  },
  requires: () => [['production', 'netImport', 'consumption']],
  state: z.object({ readsEach: z.boolean() }),
  async read({ settings, http, state, now, staleAfterSeconds, takes, note }): Promise<AdapterReading> {
    const { token, mode, extraHeaders, batterySoc, ...rest } = settings;
    const headers = { ...extraHeaders, authorization: `Bearer ${token}` };
    const lists = { ...rest, batterySoc: batterySoc === undefined ? undefined : [batterySoc] };
    const listed = Object.values(lists).flatMap((list) => list ?? []);
    const ids = [...new Set(listed.map(idOf))];
    const atOnce = mode === 'states' || state.readsEach ? undefined : await askAtOnce(http, headers, ids);
    const entities = atOnce ?? (await askEach(http, headers, ids));
    if (mode === 'template' && !atOnce && !state.readsEach) {
      // Each refused call is a failed log-in to Home Assistant, so it is not repeated until a setting changes.
      state.readsEach = true;
      note(
        'Home Assistant answers the template of mode template to administrators only: read by states, ages are less exact',
      );
    }
    const agesAreOf = atOnce ? 'writing' : 'change';
    return readingOf(lists, new Map(entities), { now, staleAfterSeconds, agesAreOf, takes });
  },
});

type Ask<Result> = (http: Http, headers: Record<string, string>, ids: readonly string[]) => Promise<Result>;
type Row = [id: string, entity: Entity];

const State = z.object({
  state: z.string(),
  attributes: z.object({ unit_of_measurement: z.optional(z.nullable(z.string())) }),
  last_updated: z.optional(z.nullable(z.string())),
  last_reported: z.optional(z.nullable(z.string())), // since 2024.4
});

/**
 * One call per entity, at most ten side by side. The first goes alone: with a dead token each call would count as a
 * failed log-in, which Home Assistant tells its owner and may answer with a ban of our address.
 */
const askEach: Ask<Row[]> = async (http, headers, ids) => {
  const askOne = async (id: string): Promise<Row> => {
    const answer = await http.send('GET', `/api/states/${id}`, { headers, accept: refusals });
    if (answer.status !== 200) throw refusal(answer, id);
    const { state, attributes, last_reported, last_updated } = answer.json(State);
    return [
      id,
      { state, unit: attributes.unit_of_measurement, reportedAt: last_reported ?? last_updated ?? undefined },
    ];
  };
  const entities: Row[] = [];
  for (let from = 0, size = 1; from < ids.length; from += size, size = 10) {
    const batch = ids.slice(from, from + size).map(askOne);
    await Promise.allSettled(batch); // so that the first refusal in the owner's order is told
    entities.push(...(await Promise.all(batch)));
  }
  return entities;
};

const Rows = z.array(z.object({ e: z.string(), s: z.string(), u: z.nullable(z.string()), r: z.nullable(z.string()) }));

/**
 * One call for all, rendered by Home Assistant as a text that holds JSON. An unknown entity has neither unit nor time.
 *
 * @returns undefined if this call is refused, which may be for this user alone.
 */
const askAtOnce: Ask<Row[] | undefined> = async (http, headers, ids) => {
  const template = `[${ids.map(rowTemplate).join(',')}]`;
  const answer = await http.send('POST', '/api/template', { headers, json: { template }, accept: refusals });
  if (answer.status === 401 || answer.status === 403) return undefined;
  if (answer.status !== 200) throw refusal(answer);
  return answer.json(Rows).map(({ e, s, u, r }) => [e, { state: s, unit: u, reportedAt: r }]);
};

const rowTemplate = (id: string): string =>
  `{"e":"${id}","s":{{ states('${id}')|to_json }},"u":{{ state_attr('${id}','unit_of_measurement')|to_json }},` +
  `"r":{% set x=states['${id}'] %}{{ ((x.last_reported|default(x.last_updated)).isoformat() if x else none)|to_json }}}`;

const refusals = [400, 401, 403, 404];

/** @param id of the entity that was asked for; absent for the call that asks for all. */
function refusal({ status, beginning, excerpt }: Answer, id?: string): Failure {
  const sentence = `Home Assistant (HTTP ${status}): ${reason(status, beginning, id)}`;
  return new Failure(status === 401 || status === 403 ? 'auth' : 'bad-response', sentence, {
    status,
    excerpt,
  });
}

function reason(status: number, text: string, id: string | undefined): string {
  if (status === 401)
    return `it does not show ${id}: the token is wrong or deleted, or its user may not read this entity`;
  if (status === 403)
    return /^(403: Forbidden)?$/.test(text.trim())
      ? 'it has banned our address after failed log-ins: delete the entry from ip_bans.yaml and restart it'
      : 'the tunnel or proxy in front of it refused us: check the extra headers';
  if (status === 404)
    return id && /entity not found/i.test(text)
      ? `it does not know ${id}: the entity was renamed, or Home Assistant is still starting`
      : 'it is not at this address: check its base URL in the settings';
  return id
    ? 'it refused the request: behind a proxy it needs use_x_forwarded_for and trusted_proxies'
    : 'it could not fill in the template: try mode states';
}
