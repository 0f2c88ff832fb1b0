/** Which devices of a GivEnergy account are read: none of them twice, as a gateway's figures hold those of its inverters. */
import * as z from 'zod/mini';
import { Failure, type Http } from '../adapter.ts';
import { meterChoices } from '../grid-meter.ts';
import { type Choice, theOnly } from '../only.ts';
import { allPages } from '../pages.ts';
import { figure, identifier, words } from '../quantities.ts';
import { utc } from '../units.ts';
import type { Device, GivEnergyContext } from './settings.ts';

/** One dongle, and what is behind it. */
const Row = z.object({
  serial_number: z.nullish(identifier),
  site_id: z.nullish(identifier),
  inverter: z.nullish(
    z.object({
      serial: z.nullish(identifier),
      last_updated: utc,
      info: z.nullish(
        z.object({
          model: words,
          battery: z.nullish(z.object({ nominal_capacity: figure, nominal_voltage: figure })),
        }),
      ),
      connections: z.nullish(
        z.object({
          batteries: z.nullish(z.array(z.unknown())),
          meters: z.nullish(z.array(z.object({ serial_number: z.nullish(identifier) }))),
        }),
      ),
    }),
  ),
});
type Row = z.output<typeof Row>;
const Rows = z.object({ data: z.array(Row), meta: z.nullish(z.object({ last_page: figure })) });

type Listed = Device & { model: string; site: string | undefined; updatedAt: number | undefined; hasBattery: boolean };

const pageSize = 100;

async function listed(http: Http): Promise<Listed[]> {
  const page = async (nth: number) => {
    const query = { page: nth + 1, pageSize };
    const { data, meta } = await http.get('/v1/communication-device', { query, schema: Rows });
    return { entries: data, pages: meta?.last_page };
  };
  const rows = await allPages(
    'GivEnergy Cloud',
    page,
    ({ serial_number, inverter }) => serial_number ?? inverter?.serial,
  );
  return rows.flatMap(deviceOf);
}

function deviceOf({ site_id, inverter }: Row): Listed[] {
  const { serial, last_updated: updatedAt, info, connections } = inverter ?? {};
  if (!serial) return [];
  const model = info?.model ?? '';
  const { nominal_capacity: ampereHours = 0, nominal_voltage: volts = 0 } = info?.battery ?? {};
  const capacity_kwh = (ampereHours * volts) / 1000;
  const meters = (connections?.meters ?? []).flatMap(({ serial_number }) => serial_number ?? []);
  return [
    {
      ...{ serial, model, site: site_id ?? undefined, updatedAt },
      // A battery behind an inverter for PV alone is none.
      hasBattery: !isModel('giv-pv')({ model }) && (Boolean(info?.battery) || Boolean(connections?.batteries?.length)),
      ...(capacity_kwh > 0 ? { capacity_kwh } : {}),
      ...(meters.length > 0 ? { meters: meters.sort().join() } : {}),
    },
  ];
}

const isModel =
  (...parts: string[]) =>
  ({ model }: { model: string }): boolean =>
    parts.some((part) => model.toLowerCase().includes(part));
const isGateway = isModel('gateway', 'gw2');

/** Of one home. */
function chosenOf(devices: readonly Listed[]): readonly Listed[] {
  const ems = devices.find(isModel('plant ems'));
  if (ems) return [ems]; // the plant as a whole
  const gateway = devices.find(isGateway);
  const behind = devices.filter((device) => device.hasBattery && !isGateway(device));
  if (gateway && behind.length > 1) return [gateway]; // their sum
  if (gateway && behind.length === 1) return behind;
  // A meter usually lets a hybrid count the power of an inverter for PV alone already.
  const withBattery = devices.filter(({ hasBattery }) => hasBattery);
  return withBattery.length > 0 ? withBattery : devices;
}

const longestSilenceMs = 5 * 24 * 3_600_000;

type Home = Choice & { devices: readonly Listed[] };

/** Of each site what is read; a dongle that was replaced stays in the list with old values. */
function homesOf(devices: readonly Listed[], now: number): Home[] {
  const isAlive = ({ updatedAt }: Listed) => updatedAt === undefined || now - updatedAt <= longestSilenceMs;
  const alive = new Map(devices.filter(isAlive).map((device) => [device.serial, device]));
  const sites = new Set([...alive.values()].flatMap(({ site }) => site ?? []));
  const [onlySite, another] = sites;
  const numberOf = ({ site }: Listed) => site ?? (another === undefined ? onlySite : undefined);
  return [...new Set([...alive.values()].map(numberOf))].map((site) => {
    const devices = chosenOf([...alive.values()].filter((device) => numberOf(device) === site));
    const value = devices.map(({ serial }) => serial).join();
    return { value, title: `site ${site ?? 'without a number'}`, devices };
  });
}

/** @throws Failure `auth` for an account of several homes or none, `offline` if nothing has reported for days. */
export async function devicesOfAccount(http: Http, { settingName, now }: GivEnergyContext): Promise<Device[]> {
  const all = await listed(http);
  if (all.length === 0)
    throw new Failure('auth', 'GivEnergy Cloud lists no device for this token: use the account that owns the plant');
  const homes = homesOf(all, now);
  if (homes.length === 0)
    throw new Failure('offline', 'GivEnergy Cloud has heard of no device for five days: check their connection');
  const options = { setting: settingName('serials'), title: 'GivEnergy Cloud', noun: 'site', several: 'auth' } as const;
  const { devices } = theOnly(homes, options);
  return devices.map(({ site: _site, updatedAt: _updatedAt, hasBattery: _hasBattery, ...kept }) => kept);
}

/** What the devices of each site would be set to; and each device that may have the clamp, where a site has several. */
export async function choices(http: Http, now: number): Promise<{ serials: Choice[]; gridMeter: Choice[] }> {
  const homes = homesOf(await listed(http), now);
  const shared = homes.flatMap(({ devices }) => (devices.length > 1 ? devices : []));
  const meters = shared.map(({ serial, model, site }) => ({
    value: serial,
    title: site ? `${model}, site ${site}` : model,
  }));
  return {
    serials: homes.map(({ value, title }) => ({ value, title })),
    gridMeter: meters.length > 0 ? meterChoices(meters) : [],
  };
}
