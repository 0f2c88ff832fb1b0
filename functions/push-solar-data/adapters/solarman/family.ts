/**
 * Whose keys an inverter's data list has: the same key has opposite signs on different makes. Signs: of Deye and Jinko by
 * recordings with the words "Purchasing energy" beside them, of Sofar's HYD by a day of samples held against the maker's portal.
 */
import { negate } from '../quantities.ts';
import type { figuresIn, Powers } from './plant.ts';

type Figures = ReturnType<typeof figuresIn>;

/** `string`: one without grid and battery, as micro-inverters are. */
export type Family = 'deye' | 'sofar' | 'string' | 'unknown';

/** @param kept what its keys have shown before, for an answer in which they are not all there. */
export function familyOf({ lists }: Figures, kept: Family | undefined): Family {
  if (lists(/^(S_P_T|E_B_TO|E_S_TO)$/)) return 'deye';
  if (lists(/^PVTP$/) && lists(/^(TPG|t_gc1|Et_pu1)$/)) return 'sofar';
  if (kept === 'deye' || kept === 'sofar') return kept;
  return lists(otherSigned) ? 'unknown' : 'string';
}
/** Powers and counters of the grid and powers of a battery, of whatever make; T_A_P_O_G is Solgreen's grid, − import. */
const otherSigned = /^(PG_P.*|B_P\d+|T_A_P_O_G|CT_T_E|GS_T|t_gc1|Et_pu1)$/;

/** What is connected to the GEN port of a Deye or Jinko. It is set in the inverter's own menu, and nothing in the answer tells. */
export const genPorts = ['generator', 'micro-inverter', 'smart-load'] as const;
export type GenPort = (typeof genPorts)[number];

/** CT_T_E, the outer clamp, has the sign of its mounting and is not used. */
export function powersOf(figures: Figures, family: Exclude<Family, 'unknown'>, genPort: GenPort): Powers {
  const { value, total } = figures;
  const soc = value('B_left_cap1');
  const load = value('E_Puse_t1');
  switch (family) {
    case 'deye':
      return {
        ...solarAndPort(figures, genPort),
        grid: value('PG_Pt1'),
        battery: value('B_P1'),
        soc,
        load,
        imported: value('E_B_TO'),
        exported: value('E_S_TO'),
      };
    case 'sofar':
      return {
        pv: value('PVTP') ?? total(/^DP[12]$/),
        grid: negate(value('PG_Pt1')), // + export
        battery: negate(value('B_P1')), // + charging
        soc,
        load,
        imported: value('Et_pu1'),
        exported: value('t_gc1'),
      };
    case 'string':
      return { pv: value('APo_t1'), grid: undefined, battery: undefined, soc: undefined, load: undefined };
  }
}

/** A smart load is a consumer, already inside the balance. */
function solarAndPort({ value, total, lists }: Figures, genPort: GenPort): Pick<Powers, 'pv' | 'generator'> {
  const pv = value('S_P_T') ?? total(/^DP[1-4]$/) ?? value('APo_t1');
  const port = value('GEN_P_T');
  if (genPort === 'smart-load') return { pv };
  // As it is signed: the stand-by draw of the night is a little below zero.
  if (genPort === 'micro-inverter') return { pv: pv === undefined || port === undefined ? undefined : pv + port };
  return { pv, generator: port ?? (lists(/^GEN_P_T$/) ? 'unknown' : 0) };
}

/**
 * Whether the balance is far above the vendor's own load, and would not be with the grid or the battery turned round, or
 * both: another make's signs show as often that way as below zero.
 */
export function hasTurnedSigns({ pv, grid, battery = 0, load, generator = 0 }: Powers): boolean {
  if (pv === undefined || grid === undefined || load === undefined || generator === 'unknown') return false;
  const tolerance = Math.max(500, 0.3 * load);
  const balance = pv + Math.max(generator, 0) + grid + battery;
  const turned = [2 * grid, 2 * battery, 2 * (grid + battery)].map((change) => balance - change);
  return balance - load > tolerance && turned.some((other) => Math.abs(other - load) <= tolerance);
}
