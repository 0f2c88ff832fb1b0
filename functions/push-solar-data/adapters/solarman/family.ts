/**
 * Whose keys an inverter's data list has: the same key has opposite signs on different makes. Signs: of Deye and Jinko by
 * recordings with the words "Purchasing energy" beside them, of Sofar's HYD by a day of samples held against the maker's portal.
 */
import { watts } from '../../core/reading.ts';
import { Failure, total } from '../adapter.ts';
import { fraction, negate } from '../quantities.ts';
import type { AccountContext, Inverters } from './account.ts';
import type { Figures } from './inverter.ts';
import type { Powers } from './plant.ts';

/** What is connected to the GEN port of a Deye or Jinko. It is set in the inverter's own menu, and nothing in the answer tells. */
export const genPorts = ['generator', 'micro-inverter', 'smart-load'] as const;
type GenPort = (typeof genPorts)[number];

/** `string`: one without grid and battery, as micro-inverters are. What was known before serves where not all keys are there. */
function familyOf({ lists }: Figures, { family }: Inverters) {
  if (lists('S_P_T', 'E_B_TO', 'E_S_TO')) return 'deye';
  if (lists('PVTP') && lists('TPG', 't_gc1', 'Et_pu1')) return 'sofar';
  if (family === 'deye' || family === 'sofar') return family;
  return lists(otherSigned) ? 'unknown' : 'string';
}
/** Powers and counters of the grid and powers of a battery, of whatever make; T_A_P_O_G is Solgreen's grid, − import. */
const otherSigned = /^(PG_P.*|B_P\d+|T_A_P_O_G|CT_T_E|GS_T|t_gc1|Et_pu1)$/;

/** Keeps in `inverters` whose keys these are, as calls are counted; undefined if nobody knows their signs. */
export function powersOf(
  figures: Figures,
  inverters: Inverters,
  { settings: { genPort }, settingName, note }: AccountContext & { settings: { genPort?: GenPort | undefined } },
): Powers | undefined {
  inverters.family = familyOf(figures, inverters);
  if (inverters.family === 'unknown') return undefined;
  if (inverters.family === 'string') return { production_kw: figures.power('APo_t1') };
  if (inverters.family === 'deye' && genPort === undefined && figures.power('GEN_P_T'))
    note(`power at the GEN port counts as that of a generator; if it is another thing, set ${settingName('genPort')}`);
  const powers = inverters.family === 'deye' ? ofDeye(figures, genPort) : ofSofar(figures);
  if (!hasTurnedSigns(powers)) return powers;
  throw new Failure(
    'bad-response',
    `SOLARMAN Smart gives figures with the signs of an unknown inverter: set ${settingName('useDeviceData')} to false`,
  );
}

const ofDeye = ({ power, number, lists }: Figures, genPort: GenPort = 'generator'): Powers => {
  const solar = power('S_P_T', /^DP[1-4]$/, 'APo_t1');
  const port = power('GEN_P_T');
  return {
    // As it is signed: the stand-by draw of the night is a little below zero.
    production_kw: genPort === 'micro-inverter' ? total([solar, port]) : solar,
    net_import_kw: power('PG_Pt1'), // CT_T_E, the outer clamp, has the sign of its mounting
    battery_discharge_kw: power('B_P1'),
    battery_soc: fraction(number('B_left_cap1')),
    consumption_kw: power('E_Puse_t1'),
    imported_kwh: number('E_B_TO'),
    exported_kwh: number('E_S_TO'),
    // A smart load is a consumer, already inside the balance.
    generators: genPort === 'generator' && lists('GEN_P_T') ? [port && Math.max(port, 0)] : [],
  };
};

const ofSofar = ({ power, number }: Figures): Powers => ({
  production_kw: power('PVTP', /^DP[12]$/),
  net_import_kw: negate(power('PG_Pt1')), // + export
  battery_discharge_kw: negate(power('B_P1')), // + charging
  battery_soc: fraction(number('B_left_cap1')),
  consumption_kw: power('E_Puse_t1'),
  imported_kwh: number('Et_pu1'),
  exported_kwh: number('t_gc1'),
});

/**
 * Whether the balance is far above the vendor's own load, and would not be with the grid or the battery turned round, or
 * both: another make's signs show as often that way as below zero.
 */
function hasTurnedSigns({ production_kw, net_import_kw, battery_discharge_kw, generators = [], ...powers }: Powers) {
  const balance = total([production_kw, net_import_kw, battery_discharge_kw ?? 0, ...generators]);
  if (balance === undefined || powers.consumption_kw === undefined) return false;
  const [grid, battery, load] = [net_import_kw ?? 0, battery_discharge_kw ?? 0, powers.consumption_kw];
  const tolerance = Math.max(500, watts(0.3 * load));
  const excess = (change: number) => watts(balance - load - 2 * change);
  return (
    excess(0) > tolerance && [grid, battery, grid + battery].some((turned) => Math.abs(excess(turned)) <= tolerance)
  );
}
