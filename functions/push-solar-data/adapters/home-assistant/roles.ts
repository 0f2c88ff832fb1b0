/** What an entity of Home Assistant seems to be, by the words of its id and its name. Guesses, which the owner confirms. */

export type Role = 'production' | 'grid' | 'consumption' | 'battery';

const set = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** In English, German, Dutch, French and Spanish, as integrations and their owners write them. */
const battery = set(
  'battery batteries batterie batterij bateria accu akku speicher discharge discharging entladen entladung',
);
const grid = set(
  'grid meter mains utility net netz stromnetz p1 dsmr smartmeter import imported importing export exported exporting ' +
    'feed feedin injected einspeisung netzeinspeisung bezug netzbezug teruglevering netto réseau reseau',
);
/** The grid at a Powerwall, and at others the name of the whole home. */
const weaklyGrid = set('site');
const consumption = set('load loads consumption consumed usage verbrauch hausverbrauch verbruik consommation consumo');
const production = set(
  'pv pv1 pv2 pv3 pv4 solar photovoltaic photovoltaics production produced generation generated yield inverter microinverter panel panels ' +
    'roof ertrag erzeugung dach zon opwek opbrengst solaire produccion',
);
const house = set('house home household haus haushalt huis maison casa');
/** The power of something else, or no power that is measured. */
const other = set(
  'charger charging wallbox evse car ev heater boiler heatpump plug forecast estimate estimated expected predicted tomorrow ' +
    'limit max maximum min minimum peak rated nominal reactive apparent setpoint target available',
);
const phases = set('l1 l2 l3 a b c');
/** One phase, one string, or what flows from one place to another: never the whole. */
const part = set(
  'to l1 l2 l3 a b c phase mppt mppt1 mppt2 mppt3 mppt4 string pv1 pv2 pv3 pv4 string1 string2 string3 string4',
);

const directions = {
  grid: [
    set('import imported importing bezug netzbezug consumption consumed verbruik from in'),
    set(
      'export exported exporting feed feedin einspeisung netzeinspeisung teruglevering production produced returned ' +
        'injected to out',
    ),
  ],
  battery: [
    set('discharge discharging discharged entladen entladung from out'),
    set('charge charging charged laden ladung to in'),
  ],
} as const;

/** Letters and digits, in the order in which they stand: first those of the id. */
export const wordsIn = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Undefined where nothing is known, or it is something else. */
export function roleOf(words: readonly string[]): Role | 'other' | undefined {
  const has = (some: ReadonlySet<string>) => words.some((word) => some.has(word));
  if (has(battery)) return isOther(words, 'battery') ? 'other' : 'battery';
  if (has(other)) return 'other';
  if (has(grid)) return 'grid';
  if (has(consumption)) return 'consumption';
  if (has(production)) return 'production';
  if (has(weaklyGrid)) return 'grid';
  return has(house) ? 'consumption' : undefined;
}

/** Of a battery, charging is a direction and no car. */
function isOther(words: readonly string[], role: 'battery'): boolean {
  const own = directions[role];
  return words.some((word) => other.has(word) && !own.some((each) => each.has(word)));
}

/** Whether it is a part of what another entity may show whole. */
export const isPart = (words: readonly string[]): boolean => words.some((word) => part.has(word));

/** The id, numbers and names of phases all alike: several that share it add up, and none of them is the whole. */
export const alikeBy = (id: string): string =>
  wordsIn(id)
    .map((word) => (phases.has(word) ? '#' : word.replace(/\d/g, '#')))
    .join(' ');

/** 1 for what only comes in (from the grid, out of the battery), −1 for what only goes out; undefined where both or neither is said. */
export function directionOf(words: readonly string[], role: keyof typeof directions): 1 | -1 | undefined {
  if (words.includes('net') || words.includes('netto')) return undefined;
  const isFeedIn = words.includes('feed');
  const [plus, minus] = directions[role].map((each) =>
    words.some((word) => each.has(word) && !(isFeedIn && word === 'in')),
  );
  return plus === minus ? undefined : plus ? 1 : -1;
}

/** The id without its direction: two that share it are the two directions of one flow. */
export const skeletonOf = (id: string, role: keyof typeof directions): string =>
  wordsIn(id)
    .filter((word) => word !== 'in' && !directions[role].some((each) => each.has(word)))
    .join(' ');

const charged = set('soc charge ladezustand laadtoestand');
const level = set('level percentage capacity stored');

/** A state of charge by name, and whether by its own: what is called a level may be a telephone's. */
export function socIn(words: readonly string[]): 'named' | 'level' | undefined {
  const has = (some: ReadonlySet<string>) => words.some((word) => some.has(word));
  if (words.some((word) => other.has(word))) return undefined;
  if (has(charged)) return 'named';
  return has(battery) && has(level) ? 'level' : undefined;
}
