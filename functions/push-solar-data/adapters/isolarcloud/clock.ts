/** iSolarCloud's times: what the clocks of the plant show, whose zone is told, but not whether they keep summer time. */
import { Failure } from '../adapter.ts';
import { isYoung } from '../age.ts';
import { instantOf } from '../local-time.ts';
import { type IsolarcloudContext, type Plant, zoneNamed } from './settings.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
/** How far the clock of a plant may run ahead of ours. */
const aheadMs = 2 * minuteMs;

/** `20260115113000`; ms since the epoch, or NaN. */
function instant(shown: string | null | undefined, zone: string, now: number): number {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(shown ?? '') ?? [];
  const [year, month, day, hour, minute, second] = parts;
  return instantOf(`${year}-${month}-${day}T${hour}:${minute}:${second}`, zone, now) ?? Number.NaN;
}

/**
 * When the rows of one plant were measured, ms; undefined where one does not tell. A clock that runs ahead of its zone
 * keeps summer time: once figures that are young by it have shown that, it counts for an hour and a half, in which the
 * last ones of a dongle that has fallen silent would else look young again. The owner's zone knows its own summer.
 *
 * @throws Failure `bad-response` for a zone that is not known or cannot be true.
 */
export function momentsOf(
  rows: readonly { device_time?: string | null | undefined }[],
  plant: Plant,
  { settings, settingName, state, now }: IsolarcloudContext,
): (number | undefined)[] {
  const zone = settings.timeZone ?? zoneNamed(plant.zone);
  const advice = `set ${settingName('timeZone')}, such as Australia/Brisbane`;
  if (zone === undefined)
    throw new Failure('bad-response', `Sungrow iSolarCloud does not tell the time zone of the plant: ${advice}`);
  const moments = rows.map(({ device_time }) => instant(device_time, zone, now));
  const areAhead = (ms: number) => moments.some((each) => each > now + ms);
  function keepsSummerTime(): boolean {
    if (areAhead(40 * minuteMs) && !isYoung(state.aheadAt, now, 30 * minuteMs)) state.aheadAt = now;
    return areAhead(aheadMs) || isYoung(state.aheadAt, now, 90 * minuteMs);
  }
  const corrected =
    settings.timeZone === undefined && keepsSummerTime() ? moments.map((each) => each - hourMs) : moments;
  if (corrected.some((each) => each > now + aheadMs))
    throw new Failure('bad-response', `Sungrow iSolarCloud shows times that lie in the future: ${advice}`);
  return corrected.map((each) => (Number.isNaN(each) ? undefined : each));
}
