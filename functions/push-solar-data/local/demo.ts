/** `npm start` without settings: the days of a simulated home, two minutes each, told to stand-ins on this machine. */
import { setTimeout as wait } from 'node:timers/promises';
import { clockText } from '../adapters/local-time.ts';
import { simulator } from '../adapters/simulator.ts';
import type { TickReport } from '../core/report.ts';
import { memoryStore } from '../persistence/memory-store.ts';
import { createSiteMemory } from '../persistence/site-memory.ts';
import type { Clock } from '../platform/clock.ts';
import { openRuntime } from '../runtime.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { type DemoHome, openDemoHome } from './demo-home.ts';
import { dayLine, homeLine } from './demo-lines.ts';
import { firstSunOf, latitudeInWords, placeOf } from './demo-place.ts';
import { openHomeReader } from './home-reader.ts';
import { columnsOf, hanging, type Output, sayOn } from './layout.ts';
import { onOneLine } from './on-terminal.ts';
import { exitCode, printReport } from './print.ts';
import { openStandIn } from './stand-in.ts';

/** A tick each simulated minute, as at any home. */
const minuteMs = 60_000;
const dayTakesMs = 120_000;
const tickTakesMs = dayTakesMs / (24 * 60);
/** So much can be read: a line each 2.5 s. */
const minutesPerLine = 30;
/** Below the time of a line. */
const margin = ' '.repeat(7);

export type DemoPorts = {
  output: Output;
  /** Ends it. */
  signal: AbortSignal;
  /** Of which only where the page of the home is counts. */
  settings: SettingTexts;
  /** Of the visitor. */
  zone?: string;
  now?: number;
  pause?: (ms: number, signal: AbortSignal) => Promise<unknown>;
};

/** @returns the exit code: 0, unless the last tick has failed. */
export async function demo({
  output,
  signal,
  settings,
  zone = Intl.DateTimeFormat().resolvedOptions().timeZone,
  now = Date.now(),
  pause = (ms) => wait(ms, undefined, { signal }).catch(() => {}),
}: DemoPorts): Promise<number> {
  const place = placeOf(zone, now);
  let at = firstSunOf(now, place);
  const home = openDemoHome(at, place);
  const clock: Clock = {
    now: () => at,
    stopwatch: () => performance.now(),
    sleep: async (ms) => void (await wait(ms)),
  };
  const said = { chargeHq: '', reader: '' };
  const hear = (who: keyof typeof said) => (sentence: string) => {
    said[who] = sentence;
  };
  const chargeHq = await openStandIn(hear('chargeHq'), 0, { clock: clock.now, steer: home.steer });
  const reader = await openHomeReader(hear('reader'));
  const runtime = openRuntime({
    environment: {
      VENDOR: simulator.vendor,
      DESTINATION: 'charge-hq,reader:webhook',
      CHARGE_HQ_API_KEY: '00000000-0000-4000-8000-000000000000',
      CHARGE_HQ_URL: chargeHq.url,
      READER_URL: reader.url,
    },
    memory: createSiteMemory(memoryStore()),
    registry: { [simulator.vendor]: async () => ({ ...simulator, read: async () => home.read(at) }) },
    clock,
  });
  const show = shower({ output, home, zone, said });
  show.introduction(`${zone}, so ${latitudeInWords(place)}`);
  const [{ openPage }, { simulatedPast }] = await Promise.all([
    import('./page/open-page.ts'),
    import('./page/simulated-past.ts'),
  ]);
  const page = await openPage({
    settings,
    site: await runtime.site(),
    clock,
    tell: sayOn(output),
    past: (until, site) => simulatedPast(until, site, home.simulated),
  });
  let code = 0;
  try {
    for (let minute = 0, due = performance.now(); !signal.aborted; minute++, at += minuteMs) {
      const report = await runtime.tick();
      page.show(report);
      if (minute % minutesPerLine === 0) show.tick(report, at);
      code = exitCode(report);
      due = Math.max(due + tickTakesMs, performance.now()); // a slow machine has longer days
      await pause(Math.max(0, due - performance.now()), signal);
    }
  } finally {
    await Promise.all([runtime.close(), page.close(), chargeHq.close(), reader.close()]);
  }
  show.end();
  return code;
}

type Shown = Pick<DemoPorts, 'output'> & {
  home: DemoHome;
  zone: string;
  /** What the stand-ins said last. */
  said: { chargeHq: string; reader: string };
};

/** For people a line they can follow, and what the steering does when it changes; else the line of a tick as JSON. */
function shower({ output, home, zone, said }: Shown) {
  const say = sayOn(output);
  const columns = columnsOf(output);
  const aside = (sentence: string) => output.write(`${hanging(margin, onOneLine(sentence), columns)}\n`);
  const quote = () => {
    for (const sentence of [`Charge HQ would say: ${said.chargeHq}`, said.reader]) aside(sentence);
  };
  let day = '';
  let charges = false;
  const showSteering = () => {
    const { drawn_kw, lacking_kwh } = home.car;
    if (drawn_kw > 0 === charges) return;
    charges = drawn_kw > 0;
    const why = lacking_kwh > 0 ? 'no sun to spare' : 'it has what it needs';
    aside(`Charge HQ would ${charges ? 'let the car charge now' : `stop the car: ${why}`}`);
  };
  return {
    introduction(where: string) {
      if (output.isTTY) {
        say(`A day takes two minutes, a line is half an hour of it. Assumed from your time zone: ${where}.`);
        say('Powers in kW. The car charges from what the sun leaves, as it would be steered.');
      }
      say(`For your own home: npm run configure${output.isTTY ? '' : '\n'}`);
    },
    tick(report: TickReport, at: number) {
      if (!output.isTTY || !report.figures) printReport(report, output, new Date(at));
      if (!output.isTTY) return quote();
      const isNewDay = dayLine(at, zone) !== day;
      day = dayLine(at, zone);
      if (isNewDay) say(`\n${day}`);
      if (report.figures) say(homeLine(clockText(at, zone).slice(11, 16), report.figures, home.car.drawn_kw, columns));
      if (isNewDay) quote();
      showSteering();
    },
    end() {
      if (output.isTTY) say('\nThe simulation has ended. For your own home: npm run configure');
    },
  };
}
