/** Moments of the simulated home, told as its ticks would tell them: what the pictures show. */

import type { TickReport } from '../../functions/push-solar-data/core/report.ts';
import { type HomeLog, homeLog } from '../../functions/push-solar-data/local/page/home-log.ts';
import { simulatedPast } from '../../functions/push-solar-data/local/page/simulated-past.ts';
import type { ShownHome } from './browser.ts';

/** A bright morning of the simulated home, ms since the epoch. */
export const shownAt = Date.parse('2026-06-14T10:36:00Z');
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const troubledMinutes = 25;
const midnight = Date.parse('2026-06-14T00:00:00Z');
const titles = { source: () => 'Simulated home', destination: () => 'Charge HQ' };

type Change = (report: TickReport) => TickReport;
export type ToldTick = { at: number; report: TickReport };

const refusal = 'Simulated home: it refuses the API key (401). Make a new one in its portal and set SIMULATOR_API_KEY';
const unreachable = 'Simulated home does not answer in time';

const chargeHq = { label: 'charge-hq', outcome: 'pushed' } as const;

const refused: Change = ({ site, ms, sources }) => ({
  outcome: 'reported',
  site,
  ms,
  kind: 'auth',
  error: refusal,
  sources: sources.map(({ label, vendor }) => ({
    label,
    vendor,
    result: 'failed',
    kind: 'auth',
    error: refusal,
    next: { in_s: 30 * 60, why: 'it refused the credentials, and is left alone for 30 min' },
  })),
  destinations: [{ ...chargeHq, outcome: 'reported' }],
});

const withoutAnswer: Change = (report) => {
  const { kind, error } = { kind: 'unavailable', error: unreachable } as const;
  return {
    ...refused(report),
    kind,
    error,
    sources: report.sources.map((row) => ({ ...row, result: 'failed', kind, error })),
  };
};

const withoutBattery: Change = (report) => {
  const { battery_discharge_kw: _, battery_soc: __, consumption_kw: ___, ...figures } = report.figures ?? {};
  return {
    ...report,
    figures,
    derived: [],
    sources: report.sources.map((row) => ({ ...row, lacking: ['the battery power', "the battery's state of charge"] })),
    warnings: [
      'The simulated home does not give the battery power now, which this home is known to have: it is unknown, not zero, so what would follow from it is not told',
    ],
  };
};

/** At 06:10 its cloud did not answer for 35 minutes. */
const morning = { from: midnight + 6 * hourMs + 10 * minuteMs, until: midnight + 6 * hourMs + 45 * minuteMs };

/** The ticks of the days until that moment, newest first. */
export async function* simulatedTicks(now: Change = (report) => report): AsyncGenerator<ToldTick> {
  for await (const part of simulatedPast(shownAt + minuteMs, 'home'))
    for (const told of part) {
      if (!('report' in told)) continue;
      const report: TickReport = { ...told.report, destinations: [chargeHq] };
      const isOut = told.at >= morning.from && told.at < morning.until;
      const isNow = told.at > shownAt - troubledMinutes * minuteMs;
      yield { at: told.at, report: isOut ? withoutAnswer(report) : isNow ? now(report) : report };
    }
}

async function momentOf(now?: Change): Promise<ShownHome> {
  const log: HomeLog = homeLog('home', titles);
  for await (const tick of simulatedTicks(now)) log.add([tick]);
  const at = shownAt + 12_000;
  return { state: log.state(at, midnight), history: log.history(at - 7 * 24 * hourMs, at) };
}

export const moments = {
  sunny: () => momentOf(),
  lacking: () => momentOf(withoutBattery),
  error: () => momentOf(refused),
};
