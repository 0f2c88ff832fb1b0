/** Home Assistant's discovery: one retained message that describes the device and a component for each figure the home has. Pure. */
import { createHash } from 'node:crypto';
import { type MeterField, meterFields } from '../../core/reading.ts';
import { documentTopic, type Publication, statusTopic } from './messages.ts';

/** What was ever told of a home: its figures, and whether with a time of measurement. */
export type Told = readonly (MeterField | 'tsms')[];

export type Device = { site: string; vendors: readonly string[]; topic: string; expireSeconds: number };

const product = 'Solar Cloud Bridge';

/** By figure: the name, Home Assistant's device class, state class and unit. */
const sensors: Record<MeterField, readonly [name: string, deviceClass: string, stateClass: string, unit: string]> = {
  production_kw: ['Solar production', 'power', 'measurement', 'kW'],
  net_import_kw: ['Grid power', 'power', 'measurement', 'kW'],
  consumption_kw: ['Home consumption', 'power', 'measurement', 'kW'],
  battery_discharge_kw: ['Battery power', 'power', 'measurement', 'kW'],
  battery_soc: ['Battery charge', 'battery', 'measurement', '%'],
  battery_energy_kwh: ['Battery energy', 'energy_storage', 'measurement', 'kWh'],
  imported_kwh: ['Grid import', 'energy', 'total_increasing', 'kWh'],
  exported_kwh: ['Grid export', 'energy', 'total_increasing', 'kWh'],
};

/** A counter stands however old it is; a power does not. */
const expires = (field: MeterField): boolean => !field.endsWith('_kwh') || field === 'battery_energy_kwh';

/**
 * A template that met a missing member would render an empty text, which Home Assistant ignores while it begins the
 * expiry anew: so each says `none`, which is unknown.
 */
const template = (field: MeterField): string =>
  field === 'battery_soc'
    ? '{{ (value_json.battery_soc * 100) | round(1) if value_json.battery_soc is defined else none }}'
    : `{{ value_json.${field} | default(none) }}`;

/** The document. Availability stands in each component, since the one for problems must be there when the others are not. */
export function discoveryDocument(told: Told, { site, vendors, topic, expireSeconds }: Device): object {
  const availability_topic = statusTopic(topic);
  const id = (name: string) => `scb_${site}_${name}`;
  const sensor = (field: MeterField) => {
    const [name, device_class, state_class, unit_of_measurement] = sensors[field];
    const key = field.replace(/_kwh?$/, '');
    const component = {
      platform: 'sensor',
      unique_id: id(key),
      name,
      device_class,
      state_class,
      unit_of_measurement,
      ...(field.endsWith('_kw') ? { suggested_display_precision: 2 } : {}),
      ...(expires(field) ? { expire_after: expireSeconds } : {}),
      availability_topic,
      value_template: template(field),
    };
    return [key, component] as const;
  };
  const measuredAt = {
    platform: 'sensor',
    unique_id: id('measured_at'),
    name: 'Measured at',
    device_class: 'timestamp',
    entity_category: 'diagnostic',
    availability_topic,
    value_template: '{{ (value_json.tsms / 1000) | as_datetime if value_json.tsms is defined else none }}',
  };
  const problem = {
    platform: 'binary_sensor',
    unique_id: id('problem'),
    name: 'Problem',
    device_class: 'problem',
    entity_category: 'diagnostic',
    expire_after: expireSeconds,
    payload_on: 'ON',
    payload_off: 'OFF',
    value_template: "{{ 'ON' if value_json.error is defined else 'OFF' }}",
    json_attributes_topic: documentTopic(topic),
    json_attributes_template:
      "{{ {'error': value_json.error | default(none), 'kind': value_json.kind | default(none)} | tojson }}",
  };
  return {
    device: {
      identifiers: [objectId(site)],
      name: `${product} ${site}`,
      manufacturer: product,
      model: vendors.join(' + '),
    },
    origin: { name: product },
    state_topic: documentTopic(topic),
    qos: 1,
    components: {
      ...Object.fromEntries(meterFields.filter((field) => told.includes(field)).map(sensor)),
      ...(told.includes('tsms') ? { measured_at: measuredAt } : {}),
      problem,
    },
  };
}

const objectId = (site: string): string => `solar_cloud_bridge_${site}`;

/** @param prefix Home Assistant's discovery prefix. It stands until it is replaced. */
export function discoveryOf(prefix: string, told: Told, device: Device): Publication & { hash: string } {
  const text = JSON.stringify(discoveryDocument(told, device));
  return {
    topic: `${prefix}/device/${objectId(device.site)}/config`,
    text,
    isRetained: true,
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
  };
}
