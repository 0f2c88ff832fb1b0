/** What the bridge costs on AWS, as tables: one home, and several in one stack. */
import {
  daysAMonth,
  monthlyDollars,
  prices,
  typicalFeed,
  typicalSite,
  type Usage,
  usageOf,
  withDestinations,
} from '../infra/cost.ts';
import { type FleetRow, fleetRows } from '../infra/fleet-measured.ts';
import { dollarsOfHomes, type HomesUsage, homesPrices, ofEachStack, usageOfHomes } from '../infra/homes-cost.ts';

const amount = (value: number): string => Number(value.toPrecision(2)).toLocaleString('en');
const cents = (dollars: number): string => Math.round(dollars * 100).toLocaleString('en');
const count = (homes: number): string => `${homes.toLocaleString('en')} ${homes === 1 ? 'home' : 'homes'}`;

/** Cents of a US dollar a month by kind, for one home, and for a few and a village of them that have a stack each. */
export function costTable(): string {
  const usage = usageOf(typicalSite);
  const sites = [1, 5, 50];
  const bills = sites.map((homes) => monthlyDollars(usage, homes));
  const billsWithFeed = sites.map((homes) => monthlyDollars(usageOf(typicalSite, typicalFeed), homes));
  const row = (what: string, used: string, kind: keyof Usage | 'total', of = bills) =>
    `| ${what} | ${used} | ${of.map((bill) => cents(bill[kind])).join(' | ')} |`;
  const kinds = Object.keys(prices) as (keyof Usage)[];
  const withAnother = usageOf(withDestinations(typicalSite, 2));
  const more = sites.map((homes, nth) => monthlyDollars(withAnother, homes).total - (bills[nth]?.total ?? 0));
  const [, ...several] = sites;
  const inOneStack = several.map((homes) => cents(dollarsOfHomes(usageOfHomes(homes)).total));
  return [
    `| cents a month | a home uses, of what is free for the account | ${sites.map((homes) => (homes === 1 ? count(homes) : `${count(homes)}, a stack each`)).join(' | ')} |`,
    '|---|---|--:|--:|--:|',
    ...kinds.map((kind) => row(prices[kind].what, `${amount(usage[kind])} of ${amount(prices[kind].free)}`, kind)),
    row('**all**', '', 'total'),
    `| each further destination, more | a metric and an alarm | ${more.map(cents).join(' | ')} |`,
    row('**all**, where each has a [feed](destinations/feed.md) with two readers', '', 'total', billsWithFeed),
    `| **all**, in [one stack for several homes](many-homes.md#what-it-costs) |  |  | ${inOneStack.join(' | ')} |`,
  ].join('\n');
}

/** US dollars a month by kind, for a few homes and many that share stacks. */
export function homesCostTable(): string {
  const sizes = [5, 50, 500, 10_000];
  const usages = sizes.map((homes) => usageOfHomes(homes));
  const bills = usages.map(dollarsOfHomes);
  const kinds = Object.keys(homesPrices) as (keyof HomesUsage)[];
  const [, village] = usages;
  const used = (kind: keyof HomesUsage) =>
    village && `${amount(village[kind])}${homesPrices[kind].free > 0 ? ` of ${amount(homesPrices[kind].free)}` : ''}`;
  const row = (what: string, use: string | undefined, [first = '', ...others]: string[]) =>
    `| ${what} | ${use ?? ''} | ${first} | ${others.join(' | ')} |`;
  const apart = sizes.map((homes) => dollars(monthlyDollars(usageOf(typicalSite), homes).total));
  return [
    `| dollars a month | ${count(50)} use, of what is free | ${sizes.map(count).join(' | ')} |`,
    `|---|---|${sizes.map(() => '--:|').join('')}`,
    ...kinds.map((kind) =>
      row(
        homesPrices[kind].what,
        used(kind),
        bills.map((bill) => dollars(bill[kind])),
      ),
    ),
    row(
      '**all**',
      '',
      bills.map(({ total }) => dollars(total)),
    ),
    row('with a stack for each home', '', apart),
  ].join('\n');
}

/** Cents of a US dollar each time, for what is read of the log of several homes beyond the gigabytes that are free. */
export function looksTable(): string {
  const sizes = [50, 500, 1_000];
  const { queries, shownHours } = ofEachStack;
  const looks: [what: string, queries: number, hours: number][] = [
    ['the dashboard when it is opened, and each time it is renewed', queries, shownHours],
    ['the dashboard over a day', queries, 24],
    ['the dashboard over a week', queries, 24 * 7],
    ['a saved query over a day', 1, 24],
  ];
  const centsOf = (homes: number, hoursRead: number) => {
    const perHour = usageOfHomes(homes).logGigabytes / (24 * daysAMonth);
    return amount(perHour * hoursRead * homesPrices.queriedGigabytes.dollars * 100);
  };
  return [
    `| cents each time | ${sizes.map(count).join(' | ')} |`,
    `|---|${sizes.map(() => '--:|').join('')}`,
    ...looks.map(
      ([what, each, hours]) => `| ${what} | ${sizes.map((homes) => centsOf(homes, each * hours)).join(' | ')} |`,
    ),
  ].join('\n');
}

/** Cents only where they count. */
const dollars = (value: number): string =>
  value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 2 : 0, minimumFractionDigits: 0 });

/** What the simulation of many homes has measured. */
export function fleetTable(): string {
  const row = (what: string, of: (fleet: FleetRow) => string | number) =>
    `| ${what} | ${fleetRows.map((fleet) => of(fleet)).join(' | ')} |`;
  const seconds = (of?: { mean: number; percentile99: number }) =>
    of ? `${amount(of.mean)}, ${amount(of.percentile99)}` : '';
  const callsOf = ({ anHourOfAHome }: FleetRow) =>
    amount(Object.values(anHourOfAHome.calls).reduce((sum, count) => sum + count, 0));
  return [
    `| measured | ${fleetRows.map(({ homes }) => count(homes)).join(' | ')} |`,
    `|---|${fleetRows.map(() => '--:|').join('')}`,
    row('state in', ({ state }) => (state === 'dynamodb' ? 'a table' : 'parameters')),
    row('functions', ({ shards }) => shards),
    row('minutes played, after those of the deployment', ({ minutes }) => minutes),
    row('an invocation, s: mean, 99 of 100', ({ billedSeconds }) => seconds(billedSeconds)),
    row('from the event to the message, s: mean, 99 of 100', ({ told }) => seconds(told)),
    row('told within 20 s, of what there was to tell', ({ told }) => `${(told.within20 * 100).toFixed(2)} %`),
    row('age of what is known, s, of clouds asked each minute or two: mean, 99 of 100', ({ age }) =>
      seconds(age.quick),
    ),
    row('of clouds asked every five minutes', ({ age }) => seconds(age.slow)),
    row('a line of the log, bytes', ({ lineBytes }) => lineBytes),
    row('calls to the stores, an hour of a home', callsOf),
    row(
      'of these refused for being too many',
      ({ throttled }) => `${(Math.max(throttled.reads, throttled.writes) * 100).toFixed(1)} %`,
    ),
    row(
      'units of the table, an hour of a home: writes, reads',
      ({ anHourOfAHome }) => `${amount(anHourOfAHome.tableWriteUnits)}, ${amount(anHourOfAHome.tableReadUnits)}`,
    ),
    row('parameters of a home', ({ parameters }) => amount(parameters)),
    row(
      'from a deployment until all homes have ticked, s: half, all',
      ({ deployment }) => `${amount(deployment.medianSeconds)}, ${amount(deployment.allSeconds)}`,
    ),
  ].join('\n');
}
