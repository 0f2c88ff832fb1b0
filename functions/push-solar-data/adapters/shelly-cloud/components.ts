/** Components of Shelly devices: how an owner names them, and the power and counters in a device's status. */
import * as z from 'zod/mini';
import { Failure, list, type Reading } from '../adapter.ts';
import { negativeWatts, wattHours, watts } from '../units.ts';

/** The key of each kind's power in W, by https://shelly-api-docs.shelly.cloud: with direction, but for Gen1's `meters`. */
const powerKeys = {
  em: 'total_act_power',
  em1: 'act_power',
  pm1: 'apower',
  switch: 'apower',
  emeters: 'power',
  meters: 'power',
} as const;
type Kind = keyof typeof powerKeys;

/** Phases of `em`: their sum is worth nothing while one of them is missing. */
const phaseKeys = ['a_act_power', 'b_act_power', 'c_act_power'];

export type Component = {
  /** In small letters. */
  deviceId: string;
  kind: Kind;
  /** Clamp or channel, from 0. */
  index: number;
  /** Whether the owner turned its sign. */
  inverted: boolean;
};

const wanted = 'must name components as <device id>/<component>, such as b0b21c11a2b3/em1:0';
const reference = /^(-?)\s*([0-9a-z]+)\/(em|em1|pm1|switch|emeters|meters):(\d+)$/;

/** A setting: components separated by commas, each at most once; a leading `-` turns the sign of one. */
export const components = z.pipe(
  list,
  z.transform((items, context): Component[] => {
    const named = items.flatMap((item): Component[] => {
      const [, sign, deviceId = '', kind, index] = reference.exec(item.toLowerCase()) ?? [];
      return kind ? [{ deviceId, kind: kind as Kind, index: Number(index), inverted: sign === '-' }] : [];
    });
    const problem =
      named.length < items.length
        ? wanted
        : new Set(named.map(addressOf)).size < named.length && 'must name each component once';
    if (!problem) return named;
    context.issues.push({ code: 'custom', message: problem, input: items });
    return z.NEVER;
  }),
);

/** A device's status: by name of the component (`em1:0`), or with a list of them (`emeters`). */
export const Status = z.record(z.string(), z.unknown());
export type Status = z.output<typeof Status>;

const Fields = z.record(z.string(), z.unknown());
type Fields = z.output<typeof Fields>;

/**
 * Power in kW, with the sign that the owner gave the component.
 *
 * @throws Failure `offline` where the meter itself reports a fault, `bad-response` where there is no such meter.
 */
export function powerOf(component: Component, status: Status): number {
  const { kind } = component;
  const fields = fieldsOf(status, kind, component.index);
  if (!fields)
    throw new Failure(
      'bad-response',
      `Shelly Cloud shows no ${addressOf(component)}: check the settings and the profile of the device. It has ${contentsOf(status)}`,
    );
  const key = powerKeys[kind];
  const power = powerIn(fields, key, component);
  const valid = kind === 'emeters' ? fields['is_valid'] === true : fields['is_valid'] !== false;
  const phases = kind === 'em' ? phaseKeys.filter((phase) => phase in fields) : [];
  const complete = phases.every((phase) => powerIn(fields, phase, component) !== undefined);
  if (power !== undefined && valid && complete) return power;

  const errors = errorsIn(fields);
  if (!(key in fields) && errors.length === 0)
    throw new Failure('bad-response', `Shelly Cloud gives no power of ${addressOf(component)}: it is not a meter`);
  throw new Failure(
    'offline',
    `The Shelly meter ${addressOf(component)} measures nothing just now (${errors.join(', ') || 'it gives no reason'}): look at the device`,
  );
}

const counterKeys = {
  emeters: ['emeters', 'total', 'total_returned'],
  em1: ['em1data', 'total_act_energy', 'total_act_ret_energy'],
} as const;

/**
 * Lifetime counters of a single-phase grid meter; empty for other kinds. Those of three phases are left out:
 * each phase counts by itself, so that together they count more than the grid's meter.
 */
export function countersOf(
  { kind, index, inverted }: Component,
  status: Status,
): Pick<Reading, 'imported_kwh' | 'exported_kwh'> {
  if (kind !== 'emeters' && kind !== 'em1') return {};
  const [list, ...keys] = counterKeys[kind];
  const fields = fieldsOf(status, list, index);
  const [inward, outward] = keys.map((key) => wattHours.parse(fields?.[key]));
  return inverted ? { imported_kwh: outward, exported_kwh: inward } : { imported_kwh: inward, exported_kwh: outward };
}

/** Gen1 devices list their meters; later ones give each its own name. */
function fieldsOf(status: Status, kind: string, index: number): Fields | undefined {
  const listed = status[kind];
  return Fields.safeParse(Array.isArray(listed) ? listed[index] : status[`${kind}:${index}`]).data;
}

function powerIn(fields: Fields, key: string, component: Component): number | undefined {
  const parsed = (component.inverted ? negativeWatts : watts).safeParse(fields[key]);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'bad-response',
    `Shelly Cloud gives something else than a number as ${key} of ${addressOf(component)}`,
  );
}

/** `errors`, and of three-phase meters `a_errors` to `n_errors`. */
const errorsIn = (fields: Fields): string[] =>
  Object.entries(fields).flatMap(([key, value]) =>
    key.endsWith('errors') && Array.isArray(value) ? value.map(String) : [],
  );

const addressOf = ({ deviceId, kind, index }: Component): string => `${deviceId}/${kind}:${index}`;

/** The meters of a device, as far as they give a power. */
export const metersIn = (deviceId: string, status: Status): Component[] =>
  namesIn(status).flatMap((name): Component[] => {
    const [, kind, index] = /^(em|em1|pm1|switch|emeters|meters):(\d{1,3})$/.exec(name) ?? [];
    if (!kind || fieldsOf(status, kind, Number(index))?.[powerKeys[kind as Kind]] === undefined) return [];
    return [{ deviceId, kind: kind as Kind, index: Number(index), inverted: false }];
  });

/** What can be measured at a device; if nothing, all that it has. */
function contentsOf(status: Status): string {
  const names = namesIn(status);
  const meters = names.filter((name) => Object.hasOwn(powerKeys, name.replace(/:\d+$/, '')));
  return (meters.length > 0 ? meters : names).join(', ') || 'nothing';
}

const namesIn = (status: Status): string[] =>
  Object.entries(status).flatMap(([key, value]) =>
    Array.isArray(value) ? value.map((_, index) => `${key}:${index}`) : [key],
  );
