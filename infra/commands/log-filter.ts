/** What AWS is to send of a log, as patterns of CloudWatch Logs, of which it takes none longer than 1,024 characters. */
import { type Outcome, outcomes } from '../../functions/push-solar-data/core/report.ts';

const longestPattern = 1_024;

/** Lambda's own account of invocations that did not succeed: it names no home. */
const brokenOff = '(($.type = "platform.report") && ($.record.status != "success"))';

/** Ticks of every home that ended so, and invocations that broke off. */
export const patternOfAll = (ended: readonly Outcome[] = outcomes): string => pattern(anyOf('outcome', ended));

/** The same of some homes of a stack: as few patterns as name them all. */
export function patternsOf(sites: readonly string[], ended: readonly Outcome[] = outcomes): string[] {
  const patterns: string[] = [];
  let together: string[] = [];
  for (const site of sites) {
    const more = [...together, site];
    const isFull = together.length > 0 && ofSites(more, ended).length > longestPattern;
    if (isFull) patterns.push(ofSites(together, ended));
    together = isFull ? [site] : more;
  }
  return together.length === 0 ? patterns : [...patterns, ofSites(together, ended)];
}

const ofSites = (sites: readonly string[], ended: readonly Outcome[]): string =>
  pattern(`((${anyOf('site', sites)}) && (${anyOf('outcome', ended)}))`);

const pattern = (ticks: string): string => `{ ${ticks} || ${brokenOff} }`;

const anyOf = (field: string, values: readonly string[]): string =>
  values.map((value) => `($.${field} = "${value}")`).join(' || ');
