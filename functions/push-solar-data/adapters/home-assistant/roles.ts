/** What of Home Assistant's entities may measure which part of a home, by device class and name: for its owner to choose from. */
import * as z from 'zod/mini';
import { watts } from '../../core/reading.ts';
import type { Http } from '../adapter.ts';
import type { Choice } from '../only.ts';
import { numberIn } from '../quantities.ts';
import { charge, type Entities, type Entity, power, sumOf } from './entities.ts';

const Shown = z.object({
  entity_id: z.string(),
  state: z.string(),
  attributes: z.object({
    unit_of_measurement: z.catch(z.nullish(z.string()), undefined),
    device_class: z.catch(z.nullish(z.string()), undefined),
    friendly_name: z.catch(z.nullish(z.string()), undefined),
  }),
});
type Shown = z.output<typeof Shown>;

/** The role of an entity by the words of its id and name. */
type Role = 'production' | 'netImport' | 'consumption' | 'batteryDischarge';

/** The first that fits; a battery of a phone or a lock has no power. What is of one string, one phase or a forecast is a part, or no measurement. */
const wordsOfRoles: [Role, RegExp][] = [
  ['batteryDischarge', /batter|powerwall|akku|storage/],
  ['netImport', /grid|netz|mains|utility|smart_?meter|p1_meter|import|export|feed_?in|einspeis|bezug/],
  ['production', /solar|pv|photovolt|inverter|wechselrichter|production|produced/],
  ['consumption', /consumption|house|home|load|verbrauch/],
];
const isPart = /forecast|estimate|prognos|predict|phase|_l[123]\b|string|_mppt|pv_?[1-9]|limit|max|peak|rated|average/;
const importing = /import|bezug|from_grid|grid_in\b|consum/;
const exporting = /export|feed_?in|einspeis|to_grid|grid_out\b|return/;
const discharging = /discharg|entlad|battery_out|from_battery/;
const charging = /charg|lad|battery_in\b|to_battery/;
/** What would be taken for charging within other words. */
const noCharging = /discharg|entlad/g;

const powerUnits = ['W', 'kW', 'MW'];

export async function rolesOf(http: Http): Promise<Record<Role | 'batterySoc', Choice[]>> {
  const shown = (await http.get('/api/states', { schema: z.array(Shown) })).filter(isSensor);
  const entities: Entities = new Map(shown.map((each) => [each.entity_id, entityOf(each)]));
  const powers = shown.filter(({ attributes }) => powerUnits.includes(attributes.unit_of_measurement ?? ''));
  const ofRole = (role: Role) => powers.filter((each) => roleOf(each) === role);
  const production = ofRole('production').map((each) => choiceOf([each.entity_id], 'production', entities));
  const grid = ofRole('netImport');
  const netImport = directed(grid, importing, exporting, 'netImport', entities);
  const battery = directed(ofRole('batteryDischarge'), discharging, charging, 'batteryDischarge', entities);
  const isComplete = production.length > 0 && netImport.length > 0;
  const consumption = ofRole('consumption').map((each) => choiceOf([each.entity_id], 'consumption', entities));
  return {
    production: likely(production),
    netImport: likely(netImport),
    consumption: isComplete ? [] : likely(consumption),
    batteryDischarge: likely(battery),
    batterySoc: likely(socOf(shown, entities)),
  };
}

const isSensor = ({ entity_id, state }: Shown): boolean =>
  /^sensor\.[a-z0-9_]+$/.test(entity_id) && numberIn(state) !== undefined;

const entityOf = ({ state, attributes }: Shown): Entity => ({ state, unit: attributes.unit_of_measurement });

const nameOf = ({ entity_id, attributes }: Shown): string =>
  `${entity_id} ${attributes.friendly_name ?? ''}`
    .slice(0, 200)
    .toLowerCase()
    .replace(/[\s-]+/g, '_');

const roleOf = (each: Shown): Role | undefined => wordsOfRoles.find(([, words]) => words.test(nameOf(each)))?.[0];

/** Two one-way entities together, then each signed one, with both of its signs: which is right its present value shows. */
function directed(
  found: readonly Shown[],
  positive: RegExp,
  negative: RegExp,
  role: 'netImport' | 'batteryDischarge',
  entities: Entities,
): RoleChoice[] {
  const told = found.map((each) => {
    const name = nameOf(each);
    return { id: each.entity_id, isPlus: positive.test(name), isMinus: negative.test(name.replace(noCharging, '')) };
  });
  const plus = told.filter(({ isPlus, isMinus }) => isPlus && !isMinus);
  const minus = told.filter(({ isPlus, isMinus }) => isMinus && !isPlus);
  const signed = told.filter(({ isPlus, isMinus }) => isPlus === isMinus);
  return [
    ...plus.flatMap((one) => minus.map((other) => choiceOf([one.id, `-${other.id}`], role, entities))),
    ...signed.map(({ id }) => choiceOf([id], role, entities)),
    ...signed.map(({ id }) => ({ ...choiceOf([`-${id}`], role, entities), isReversed: true })),
  ];
}

type RoleChoice = Choice & { isReversed?: boolean };

/** Those that measure a whole, with the sign that most have. */
const likely = (choices: readonly RoleChoice[]): Choice[] =>
  choices.map(({ isReversed, ...choice }) => ({ ...choice, isLikely: !isReversed && !isPart.test(choice.value) }));

function choiceOf(entries: string[], role: Role, entities: Entities): RoleChoice {
  const kw = sumOf(entries, entities, power);
  return { value: entries.join(','), title: kw === undefined ? undefined : inWords(role, kw) };
}

function inWords(role: Role, kw: number): string {
  const power = `${Math.abs(kw).toFixed(2)} kW`;
  const isNothing = watts(kw) === 0;
  if (role === 'production') return `solar, ${power} now`;
  if (role === 'consumption') return `the home uses ${power} now`;
  if (role === 'netImport')
    return isNothing ? 'grid, no flow now' : `grid, ${kw > 0 ? 'importing' : 'exporting'} ${power} now`;
  return isNothing ? 'battery, idle now' : `battery, ${kw > 0 ? 'giving' : 'taking'} ${power} now`;
}

/** Only what calls itself a battery of a home: phones and locks have a charge too. */
function socOf(shown: readonly Shown[], entities: Entities): Choice[] {
  const isCharge = (each: Shown) =>
    each.attributes.unit_of_measurement === '%' &&
    /soc|state_of_charge|powerwall|battery_(level|charge)|home_battery|ladezustand/.test(nameOf(each));
  return shown.filter(isCharge).map(({ entity_id }) => {
    const soc = sumOf(entity_id, entities, charge);
    return { value: entity_id, title: soc === undefined ? undefined : `charged to ${Math.round(soc * 100)} % now` };
  });
}
