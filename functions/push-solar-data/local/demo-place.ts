/** Where the simulated home lies: what a time zone tells of a place, and when the sun rises there. */
import { clockText } from '../adapters/local-time.ts';
import { type Place, sunAt } from '../adapters/simulator.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const halfHourMs = hourMs / 2;
/** Of a roof of 1 kW. */
const leastSun_kw = 0.02;

/** Most people of these zones live near these latitudes (degrees, + north); the first that fits. */
const latitudes: readonly [zone: RegExp, latitude: number][] = [
  [/^Pacific\/(Auckland|Chatham)$/, -40],
  [/^(Australia|Antarctica)\//, -34],
  [/^America\/(Argentina\/|Buenos_Aires|Santiago|Montevideo|Punta_Arenas)/, -34],
  [/^America\/(Sao_Paulo|Asuncion|Campo_Grande|Cuiaba|La_Paz|Lima|Bahia|Recife|Fortaleza|Manaus)$/, -18],
  [/^Africa\/(Johannesburg|Windhoek|Gaborone|Harare|Lusaka|Maputo|Maseru|Mbabane|Blantyre|Luanda)$/, -25],
  [/^Indian\/(Mauritius|Reunion|Antananarivo|Mayotte)$/, -20],
  [/^(Pacific|Indian)\//, 18],
  [/^Africa\//, 15],
  [/^Asia\/(Jakarta|Singapore|Manila|Bangkok|Ho_Chi_Minh|Saigon|Kuala_Lumpur|Colombo)$/, 10],
  [/^Asia\//, 33],
  [/^(America|US)\//, 39],
];
/** As in Europe. */
const usualLatitude = 50;

/** By its standard time, which follows the sun. */
export function placeOf(zone: string, now: number): Place {
  const year = new Date(now).getUTCFullYear();
  const aheadMs = Math.min(...[0, 6].map((month) => aheadOfUtc(Date.UTC(year, month, 15), zone)));
  return { latitude: latitudes.find(([zones]) => zones.test(zone))?.[1] ?? usualLatitude, aheadMs };
}

const aheadOfUtc = (ms: number, zone: string): number => Date.parse(`${clockText(ms, zone).replace(' ', 'T')}Z`) - ms;

/** `50° north` */
export const latitudeInWords = ({ latitude }: Place): string =>
  `${Math.abs(latitude)}° ${latitude < 0 ? 'south' : 'north'}`;

/** The first half hour of the day around `now` with sun on the roof, were it bright; 6 o'clock where there is never any. */
export function firstSunOf(now: number, place: Place): number {
  const midnight = Math.floor((now + place.aheadMs) / dayMs) * dayMs - place.aheadMs;
  const halves = Array.from({ length: 48 }, (_, index) => midnight + index * halfHourMs);
  return halves.find((at) => sunAt(at, { seed: 1, peakKw: 1, place }) > leastSun_kw) ?? midnight + 6 * hourMs;
}
