/** FoxESS Cloud Open API: stateless, every call signed; one call reads all inverters of a home. */
import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { FailureKind } from '../core/failure.ts';
import type { Answer } from '../platform/http.ts';
import {
  choice,
  type DeviceReading,
  defineAdapter,
  Failure,
  list,
  type ReadContext,
  secret,
  setting,
  text,
} from './adapter.ts';
import { isYoung } from './age.ts';
import { Fitted, type Inverter, Row, readingsOf, variableNames } from './foxess/inverters.ts';
import { allPages } from './pages.ts';
import { figure } from './quantities.ts';

const Envelope = z.object({ errno: z.number(), msg: z.nullish(z.string()) });
const Device = z.object({
  deviceSN: z.string(),
  stationName: z.nullish(z.string()),
  hasBattery: z.nullish(z.boolean()),
});
const DeviceList = z.object({
  result: z.nullish(z.object({ total: figure, data: z.nullish(z.array(Device)) })),
});
const Live = z.object({ result: z.nullish(z.array(Row)) });

const State = z.object({
  inverters: z.array(z.object({ sn: z.string(), hasBattery: z.nullish(z.boolean()) })),
  /** When they were listed, ms. */
  listedAt: z.number(),
  fitted: z.optional(Fitted),
});
const GridMeter = z.pipe(
  list,
  z.transform((words) => {
    const word = words.join().toLowerCase();
    if (word === 'auto') return word;
    return word === 'none' ? [] : words;
  }),
);
const listAgainAfterMs = 24 * 3_600_000;

type Context = ReadContext<{ apiKey: string }, z.output<typeof State>>;

export const foxess = defineAdapter({
  vendor: 'foxess',
  title: 'FoxESS Cloud',
  homepage: 'https://www.foxesscloud.com',
  standing: 'recommended',
  refresh: 'up to 10 minutes: the cloud renews them every 5 minutes',
  needs: 'an API key from the web portal',
  baseUrl: 'https://www.foxesscloud.com',
  pollSeconds: 300,
  pollFloorSeconds: 120,
  settings: {
    apiKey: secret(
      text,
      'API key: www.foxesscloud.com in a browser (not the app) → profile icon → User Profile → API Management → Generate API key',
    ),
    deviceSns: setting(
      z.optional(list),
      'Serial numbers of the inverters (portal → Device → Inverter), separated by commas; without it, every inverter of the account. Set it if the account holds more than one home',
    ),
    ct2Pv: setting(
      z._default(choice('off', 'negative-is-generation', 'positive-is-generation'), 'off'),
      'Whether the second clamp (CT2) measures another solar system, and with which sign: off, negative-is-generation (most homes) or positive-is-generation',
    ),
    gridMeter: setting(
      z._default(GridMeter, 'auto'),
      'Which inverter has the grid clamp: auto, none (no clamp anywhere: production and battery only), or its serial number; several, separated by commas, only if each clamp sits on a phase of its own',
    ),
  },
  identity: ['apiKey'],
  state: State,
  async read(context): Promise<DeviceReading[]> {
    const { settings, state, now, staleAfterSeconds, takes } = context;
    const { deviceSns, gridMeter, ct2Pv } = settings;
    const chosen = deviceSns && [...new Set(deviceSns)].map((sn) => ({ sn }));
    const kept = chosen ?? keptList(context);
    let inverters: readonly Inverter[] = kept ?? (await listInverters(context));
    let answer = await askForAll(context, inverters);
    if (kept && !chosen && unknownInverter.includes(answer.json(Envelope).errno)) {
      inverters = await listInverters(context); // one was exchanged since the list was read
      answer = await askForAll(context, inverters);
    }
    const rows = checked(answer, Live).result ?? [];
    state.fitted ??= { meters: [], batteries: [] };
    const { fitted } = state;
    return readingsOf(inverters, rows, { gridMeter, ct2Pv, now, staleAfterSeconds, takes, fitted });
  },
});

const keptList = ({ state: { inverters, listedAt }, now }: Context): Inverter[] | undefined =>
  isYoung(listedAt, now, listAgainAfterMs) ? inverters : undefined;

/** Every inverter of the account, whatever its status: the list is kept for a day, and who sleeps now reports tomorrow. */
async function listInverters(context: Context): Promise<Inverter[]> {
  const devices = await allPages(
    'FoxESS Cloud',
    async (nth) => {
      const answer = await ask(context, '/op/v0/device/list', { currentPage: nth + 1, pageSize: 100 });
      const { data, total } = checked(answer, DeviceList).result ?? {};
      return { entries: data ?? [], total };
    },
    ({ deviceSN }) => deviceSN,
  );
  const plants = new Set(devices.flatMap(({ stationName }) => stationName || []));
  if (devices.length === 0)
    throw new Failure(
      'auth',
      'FoxESS Cloud lists no inverter for this API key: generate the key with the account that owns the plant',
    );
  if (plants.size > 1)
    context.note(`deviceSns is not set: the inverters of all plants count as one home (${[...plants].join(', ')})`);
  context.state.inverters = devices.map(({ deviceSN, hasBattery }) => ({ sn: deviceSN, hasBattery }));
  context.state.listedAt = context.now;
  return context.state.inverters;
}

/** Some systems answer only where the variables are named, others with nothing then: so by name where it is refused without. */
async function askForAll(context: Context, inverters: readonly Inverter[]): Promise<Answer> {
  const path = '/op/v1/device/real/query';
  const sns = inverters.map(({ sn }) => sn);
  const answer = await ask(context, path, { sns });
  if (answer.json(Envelope).errno !== 41200) return answer;
  await context.sleep(1_100); // one call a second is allowed
  return ask(context, path, { sns, variables: variableNames });
}

/** Signs the path, without host and query. Its parts are joined by the four characters `\r\n` as printed, not by CR LF. */
function ask({ settings: { apiKey }, http, now }: Context, path: string, json: unknown): Promise<Answer> {
  const signature = createHash('md5').update(`${path}\\r\\n${apiKey}\\r\\n${now}`).digest('hex');
  const agent = 'Mozilla/5.0 (compatible; solar-cloud-bridge)'; // the cloud refuses agents that do not look like a browser
  return http.send('POST', path, {
    headers: { token: apiKey, timestamp: String(now), signature, lang: 'en', 'user-agent': agent },
    json,
    kinds: { 400: 'auth', 402: 'auth' },
  });
}

/** The answer, if its errno says success. @throws Failure as the errno means. */
function checked<Schema extends z.ZodMiniType>(answer: Answer, schema: Schema): z.output<Schema> {
  const { errno, msg } = answer.json(Envelope);
  if (errno === 0) return answer.json(schema);
  const [kind, sentence] = meanings[errno] ?? ['bad-response', 'answered with an error that is not known'];
  throw new Failure(kind, `FoxESS Cloud ${sentence} (errno ${errno}: ${msg})`, {
    excerpt: answer.excerpt,
    // The usual five minutes are enough, however often it happens.
    ...(kind === 'rate-limited' ? { retryAfterSeconds: 300 } : {}),
    ...(errno === 41200 ? { retryAfterSeconds: 0 } : {}), // it has been asked twice
  });
}

const unknownInverter = [40261, 41930];

const noSuchInverter = ['auth', 'knows no such inverter in this account: check the deviceSns setting'] as const;
const busy = ['unavailable', 'is busy or does not reach the inverter just now'] as const;

const meanings: Record<number, readonly [FailureKind, string]> = {
  40256: ['auth', 'refuses the signature: check the API key and the clock of this machine'],
  40257: ['bad-response', 'finds fault with the request itself'],
  40261: noSuchInverter,
  41930: noSuchInverter,
  40400: ['rate-limited', 'is asked too often'],
  40402: ['rate-limited', "has answered all of today's calls: look for other programs that use the same API key"],
  41200: busy,
  41201: busy,
  41202: busy,
  41203: busy,
  44098: busy,
  41807: ['auth', 'refuses user or password: check the API key'],
  41808: ['auth', 'says that the API key has expired: generate a new one'],
  41809: ['auth', 'does not know the API key: generating a new one ends the old one, so set the newest'],
  41935: ['offline', 'says that the inverter is offline: check its data logger'],
};
