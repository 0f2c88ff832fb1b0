/** What each device of a home contributes: whose row is live, which inverter sleeps, and whose meter is the grid's. */
import { inWords } from '../../core/freshness.ts';
import { watts } from '../../core/reading.ts';
import { type DeviceReading, Failure, type ReadContext, type Term } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import type { Unit } from './row.ts';

export type Home = Pick<
  ReadContext<{ timeZone: string }>,
  'settings' | 'settingName' | 'now' | 'staleAfterSeconds' | 'takes' | 'note'
>;

/** A device that is asked; `isNeeded`: the home cannot be known without its row. */
export type Asked = { sn: string; isNeeded: boolean };

/** A row with its age by the clocks of the plant, s; `isLive`: of now, as far as can be told. */
type Dated = Unit & { tsms: number | undefined; ageSeconds: number; isAhead: boolean; isLive: boolean };

/** A data logger's clock that runs further ahead tells no time. */
const aheadSeconds = 120;
/** A string inverter that gives less is about to sleep. */
const nearNothing_kw = 0.05;
/** In this sun none sleeps that has been dark for an hour. */
const broadDaylight_kw = 2;
const sameMeter_watts = 100;

/** @throws Failure `offline` for a device without a row, `stale` for one that counts and has an old one. */
export function readingsOf(asked: readonly Asked[], units: readonly Unit[], home: Home): DeviceReading[] {
  const rows = units.map((unit) => dated(unit, home));
  const absent = asked.filter(({ sn }) => rows.every((row) => row.sn !== sn));
  const silent = rows.length === 0 ? absent[0] : absent.find(({ isNeeded }) => isNeeded);
  if (silent)
    throw new Failure('offline', `Growatt has no figures of ${silent.sn} now: check the device and its data logger`);
  const isAnyLive = rows.some(({ isLive }) => isLive);
  const awake = rows.filter((row) => !(isAnyLive && isAsleep(row)));
  const old = awake.find(({ isLive }) => !isLive);
  if (old) throw tooOld(old, home);
  const meters = metersOf(awake, home);
  const others_kw = awake.reduce((sum, { production_kw = 0 }) => sum + production_kw, 0); // at least so much
  return [
    ...awake.map((row) => readingOf(row, meters)),
    ...rows.filter((row) => !awake.includes(row)).map((row) => asleepReading(row, others_kw)),
    ...absent.map(({ sn }): DeviceReading => ({ device: sn, lacking: ['production'] })),
  ];
}

function dated(unit: Unit, { settings, settingName, now, staleAfterSeconds, note }: Home): Dated {
  const tsms = instantOf(unit.time, settings.timeZone, now) ?? Number.NaN;
  const ageSeconds = (now - tsms) / 1000;
  const isAhead = ageSeconds < -aheadSeconds;
  if (isAhead && unit.hasMoved)
    note(
      `The clock of ${unit.sn} is ${inWords(-ageSeconds)} ahead: if it is always an hour, set ${settingName('timeZone')} to a zone without summer time, such as Etc/GMT-10`,
    );
  // An old time must not be repaired by an hour: whether the row is of now, only its change shows.
  const isLive = isAhead ? unit.hasMoved : ageSeconds <= staleAfterSeconds;
  return { ...unit, tsms: isAhead ? undefined : tsms, ageSeconds, isAhead, isLive };
}

/** Inverters without battery and meter lose power at dusk, and their last row stays. */
const isAsleep = ({ hasBattery, hasMeter, isLive, isAhead, production_kw = 1 }: Dated): boolean =>
  !hasBattery && !hasMeter && !isLive && !isAhead && production_kw < nearNothing_kw;

const asleepReading = ({ sn, ageSeconds }: Dated, others_kw: number): DeviceReading =>
  ageSeconds > 3600 && others_kw > broadDaylight_kw
    ? { device: sn, sleeps: false, lacking: ['production'] }
    : { device: sn, production_kw: 0 };

function tooOld({ sn, ageSeconds, isAhead, hasBattery }: Dated, { settingName }: Home): Failure {
  if (isAhead) {
    const remedy = `if this goes on, check ${settingName('timeZone')} and the clock of the data logger`;
    return new Failure('stale', `Growatt shows a row of ${sn} that is ahead of its time and does not move: ${remedy}`);
  }
  const remedy = hasBattery ? 'check its data logger' : 'at night this is normal, by day check its data logger';
  return new Failure('stale', `Growatt has the last figures of ${sn} from ${inWords(ageSeconds)} ago: ${remedy}`);
}

/**
 * Those whose meter may be the grid's: by counters that have counted, else by a flow. Several that agree see the same
 * meter, which counts once.
 *
 * @throws Failure `bad-response` if they do not agree.
 */
function metersOf(rows: readonly Dated[], { takes }: Home): readonly Dated[] {
  const counted = rows.filter(({ isCounted }) => isCounted);
  const meters = counted.length > 0 ? counted : rows.filter(({ hasMeter }) => hasMeter);
  const powers = meters.flatMap(({ net_import_kw }) => net_import_kw ?? []);
  if (takes('grid') && watts(Math.max(...powers) - Math.min(...powers)) > sameMeter_watts) {
    const each = meters.map(({ sn, net_import_kw }) => `${sn}: ${watts(net_import_kw ?? 0)} W`).join(', ');
    throw new Failure('bad-response', `Growatt shows several meters of the grid that do not agree (${each})`);
  }
  return meters;
}

/** Of a meter that is silent the grid is lacking, also if another device sees the same meter: whether it does, nobody knows. */
function readingOf(row: Dated, meters: readonly Dated[]): DeviceReading {
  const { sn, production_kw, hasBattery, battery_discharge_kw, battery_soc, tsms } = row;
  const isSilent = meters.includes(row) && row.net_import_kw === undefined;
  const lacking: Term[] = isSilent ? ['grid'] : [];
  if (production_kw === undefined) lacking.push('production');
  if (hasBattery && battery_discharge_kw === undefined) lacking.push('battery');
  const { net_import_kw, imported_kwh, exported_kwh } = row;
  return {
    ...{ device: sn, lacking, production_kw, battery_discharge_kw, battery_soc, tsms },
    ...(row === meters[0] && { net_import_kw, imported_kwh, exported_kwh }),
  };
}
