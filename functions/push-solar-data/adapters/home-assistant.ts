/** Home Assistant: the owner's own entities over its REST API. Facts: developers.home-assistant.io/docs/api/rest. */
import * as z from 'zod/mini';
import { choice, defineAdapter, Failure, type Http, list, type Reading, secret, setting, text } from './adapter.ts';
import { type Entity, idOf, readingOf } from './home-assistant/entities.ts';
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
      z._default(choice('states', 'template'), 'states'),
      "states asks for each entity; template asks once for all, but needs an administrator's token",
    ),
    extraHeaders,
  },
  requires: () => [['production', 'netImport', 'consumption']],
  async read({ settings, http, now, staleAfterSeconds }): Promise<Reading> {
    const { token, mode, extraHeaders: headers, batterySoc, ...rest } = settings;
    const lists = { ...rest, batterySoc: batterySoc === undefined ? undefined : [batterySoc] };
    const ids = [
      ...new Set(
        Object.values(lists)
          .flatMap((list) => list ?? [])
          .map(idOf),
      ),
    ];
    const ask = mode === 'template' ? askAtOnce : askEach;
    const entities = await ask(http, { ...headers, authorization: `Bearer ${token}` }, ids);
    return readingOf(lists, new Map(entities), now, staleAfterSeconds);
  },
});

type Ask = (http: Http, headers: Record<string, string>, ids: readonly string[]) => Promise<[string, Entity][]>;

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
const askEach: Ask = async (http, headers, ids) => {
  const askOne = async (id: string): Promise<[string, Entity]> => {
    const answer = await http.send('GET', `/api/states/${id}`, { headers, accept: refusals });
    if (answer.status !== 200) throw refusal(answer, id);
    const { state, attributes, last_reported, last_updated } = answer.json(State);
    return [
      id,
      { state, unit: attributes.unit_of_measurement, reportedAt: last_reported ?? last_updated ?? undefined },
    ];
  };
  const entities: [string, Entity][] = [];
  for (let from = 0, size = 1; from < ids.length; from += size, size = 10) {
    const batch = ids.slice(from, from + size).map(askOne);
    await Promise.allSettled(batch); // so that the first refusal in the owner's order is told
    entities.push(...(await Promise.all(batch)));
  }
  return entities;
};

const Rows = z.array(z.object({ e: z.string(), s: z.string(), u: z.nullable(z.string()), r: z.nullable(z.string()) }));

/** One call for all, rendered by Home Assistant as a text that holds JSON. An unknown entity has neither unit nor time. */
const askAtOnce: Ask = async (http, headers, ids) => {
  const template = `[${ids.map(rowTemplate).join(',')}]`;
  const answer = await http.send('POST', '/api/template', { headers, json: { template }, accept: refusals });
  if (answer.status !== 200) throw refusal(answer);
  return answer.json(Rows).map(({ e, s, u, r }) => [e, { state: s, unit: u, reportedAt: r }]);
};

const rowTemplate = (id: string): string =>
  `{"e":"${id}","s":{{ states('${id}')|to_json }},"u":{{ state_attr('${id}','unit_of_measurement')|to_json }},` +
  `"r":{% set x=states['${id}'] %}{{ ((x.last_reported|default(x.last_updated)).isoformat() if x else none)|to_json }}}`;

const refusals = [400, 401, 403, 404];

/** @param id of the entity that was asked for; absent for the call that asks for all. */
function refusal({ status, text }: { status: number; text: string }, id?: string): Failure {
  const sentence = `Home Assistant (HTTP ${status}): ${reason(status, text, id)}`;
  return new Failure(status === 401 || status === 403 ? 'auth' : 'bad-response', sentence, {
    status,
    excerpt: text.slice(0, 300),
  });
}

function reason(status: number, text: string, id: string | undefined): string {
  if (status === 401)
    return id
      ? `it does not show ${id}: the token is wrong or deleted, or its user may not read this entity`
      : "the token is wrong, deleted, or not an administrator's, which mode template needs";
  if (status === 403)
    return text.trim() === ''
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
