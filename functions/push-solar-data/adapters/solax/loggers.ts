/** The API of the data loggers (v1 and v2), by token ID: one call for each registration number, the same fields in both. */
import * as z from 'zod/mini';
import type { AdapterReading, Answer, DeviceReading, Failure, Http, MeaningOf } from '../adapter.ts';
import { instantOf } from '../local-time.ts';
import { figure, looseIdentifier, sumOfKnown, words } from '../quantities.ts';
import { kilowattHours, negativeWatts, percent, watts } from '../units.ts';
import { hasBatteryPort, hasMeter, hasPanels } from './inverter-types.ts';

export type LoggersContext = {
  settings: {
    api: 'v1' | 'v2' | 'openapi';
    tokenId?: string | undefined;
    registrationNumbers?: string[] | undefined;
    timeZone?: string | undefined;
  };
  settingName(setting: string): string;
  http: Http;
  now: number;
  sleep(ms: number): Promise<void>;
};

/** As many calls a minute are allowed as ten. */
const apartMs = 1_000;

export async function readLoggers(context: LoggersContext): Promise<DeviceReading[]> {
  const { settings, http, sleep } = context;
  const client = http.extend({ refusal: (answer) => refusalOf(answer, context), notJson: 'unavailable' });
  const answers: { number: string; live: Live }[] = [];
  for (const number of new Set(settings.registrationNumbers)) {
    if (answers.length > 0) await sleep(apartMs);
    answers.push({ number, live: await ask(client, number, context) });
  }
  const meter = answers.find(({ live }) => isMetered(live));
  return answers.map((each) => map(each.number, each.live, each === meter, context));
}

async function ask(client: Http, number: string, { settings }: LoggersContext): Promise<Live> {
  const { api, tokenId = '' } = settings;
  const { result } =
    api === 'v1'
      ? await client.get('/proxyApp/proxy/api/getRealtimeInfo.do', {
          query: { tokenId, sn: number },
          schema: Answered,
        })
      : await client.post('/api/v2/dataAccess/realtimeInfo/get', {
          headers: { tokenId },
          json: { wifiSn: number },
          schema: Answered,
        });
  return result;
}

/** What cannot be read says nothing. */
const code = z.catch(figure, undefined);
const Envelope = z.object({ success: z.boolean(), code, exception: words, result: z.optional(z.unknown()) });

/** `exception` reads "Query success!" beside some refusals, whose cause is then the text in `result`. */
function refusalOf(answer: Answer, context: LoggersContext): Failure | undefined {
  const said = answer.tryJson(Envelope);
  if (!said || (said.success && typeof said.result === 'object' && said.result !== null)) return undefined;
  const text = `${said.exception ?? ''} ${words.safeParse(said.result).data ?? ''}`.trim();
  const found = meanings.find(({ words, codes }) => words.test(text) || codes?.includes(said.code ?? Number.NaN));
  if (!found && answer.status !== 200) return undefined; // the status says more
  const [kind, sentence, details] = (found ?? unknown).means(context);
  return answer.failure(kind, `${sentence} (code ${said.code ?? 'missing'}: ${text.slice(0, 100)})`, details);
}

type Meaning = Exclude<Extract<MeaningOf, readonly unknown[]>, string>;
type Row = { words: RegExp; codes?: number[]; means(context: LoggersContext): Meaning };

/** The first that fits. */
const meanings: Row[] = [
  {
    words: /violations|prohibit/i,
    means: () => ['rate-limited', 'was asked too often and answers nothing for an hour', { retryAfterSeconds: 3_600 }],
  },
  {
    words: /threshold/i,
    codes: [3, 104],
    means: () => ['rate-limited', 'is asked too often', { retryAfterSeconds: 60 }],
  },
  {
    words: /did not access/i,
    means: ({ settingName }) => [
      'offline',
      `hears nothing of a data logger: check its Wi-Fi, and ${settingName('registrationNumbers')}`,
    ],
  },
  {
    words: /no auth|sn invalid|token/i,
    codes: [103, 1001, 1003],
    means: ({ settingName }) => [
      'auth',
      `refuses the token or the number: check ${settingName('tokenId')} and ${settingName('registrationNumbers')}`,
    ],
  },
];
const unknown: Pick<Row, 'means'> = {
  means: ({ settings, settingName }) => [
    'unavailable',
    settings.api === 'v2' ? `has trouble; if it lasts, set ${settingName('api')} to v1` : 'has trouble',
  ],
};

/** `feedinpower`: + export. `batPower`: + charging. */
const Live = z.object({
  acpower: watts,
  powerdc1: watts,
  powerdc2: watts,
  powerdc3: watts,
  powerdc4: watts,
  feedinpower: negativeWatts,
  feedinenergy: kilowattHours,
  consumeenergy: kilowattHours,
  batPower: negativeWatts,
  soc: percent,
  inverterType: code,
  batStatus: looseIdentifier,
  uploadTime: words,
});
type Live = z.output<typeof Live>;
const Answered = z.object({ success: z.literal(true), result: Live });

const isMetered = ({ feedinpower, feedinenergy, consumeenergy }: Live): boolean =>
  hasMeter(feedinpower, feedinenergy, consumeenergy);

function map(device: string, live: Live, ownsMeter: boolean, { settings, now }: LoggersContext): DeviceReading {
  const isHybrid = hasBatteryPort(live.inverterType) ?? hasMeter(live.batPower, live.soc);
  const hasBattery = isHybrid && live.batPower !== undefined && live.batStatus !== '2';
  return {
    device,
    sleeps: !isHybrid && !isMetered(live),
    ...(isHybrid ? sun(live) : { production_kw: live.acpower }),
    ...(hasBattery ? { battery_discharge_kw: live.batPower, battery_soc: live.soc } : {}),
    ...(ownsMeter
      ? {
          net_import_kw: live.feedinpower,
          imported_kwh: live.consumeenergy,
          exported_kwh: live.feedinenergy,
          ...(live.feedinpower === undefined ? { lacking: ['grid'] } : {}),
        }
      : {}),
    tsms: instantOf(live.uploadTime ?? '', settings.timeZone ?? 'UTC', now),
  };
}

/**
 * An input that is null does not exist, says the documentation. So a hybrid of which all are has no panels, unless it has
 * given their power before; a battery inverter never has any.
 */
function sun({ powerdc1, powerdc2, powerdc3, powerdc4, inverterType }: Live): AdapterReading {
  const production_kw = sumOfKnown(powerdc1, powerdc2, powerdc3, powerdc4);
  if (production_kw !== undefined) return { production_kw };
  return hasPanels(inverterType) ? { unfitted: ['production'] } : { production_kw: 0 };
}
