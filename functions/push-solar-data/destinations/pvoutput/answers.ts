/** What PVOutput's answers mean: by HTTP status, then by the words behind the colon. */
import { type Answer, DestinationError } from '../destination.ts';
import { isPageForPeople, notTaken, type Verdict } from '../verdict.ts';

/** Requests of the hour that are left to others with the same key. */
const sparedRequests = 5;

const wordsOf = ({ beginning }: Answer): string => beginning.trim().slice(0, 200);

/** Generation after sunset: it happens at each dusk. */
export const isMoonPowered = (answer: Answer): boolean =>
  answer.status === 400 && /moon powered/i.test(wordsOf(answer));

/** Until when to send nothing more, ms since the epoch, because the hour's requests are nearly used up. */
export function quietUntil({ headers }: Answer, now: number): number | undefined {
  const [remaining, reset] = [headers['x-rate-limit-remaining'], headers['x-rate-limit-reset']].map((each) =>
    Number(each ?? Number.NaN),
  );
  if (remaining === undefined || reset === undefined || !(remaining < sparedRequests)) return undefined;
  return resetAfter(reset * 1000, now);
}

const hourMs = 3_600_000;
/** The full hour, unless the answer says when. */
const resetAfter = (told: number, now: number): number =>
  told > now && told <= now + hourMs ? told : (Math.floor(now / hourMs) + 1) * hourMs;

type Naming = { title: string; settingName(setting: string): string; now: number };

/** Why a status was not taken; undefined if it was, or if there was no sun to report. */
export function verdictOn(answer: Answer, { title, settingName, now }: Naming): DestinationError | undefined {
  const { status, headers, excerpt } = answer;
  const words = wordsOf(answer);
  if ((status === 200 && /^OK 200/i.test(words)) || isMoonPowered(answer)) return undefined;
  if (status === 429 || (status === 403 && /exceeded/i.test(words))) {
    const reset = resetAfter(Number(headers['x-rate-limit-reset'] ?? Number.NaN) * 1000, now);
    const retryAfterSeconds = Math.ceil((reset - now) / 1000);
    const sentence = `${title} has had this hour's requests (HTTP ${status})`;
    return new DestinationError('rate-limited', sentence, { excerpt, retryAfterSeconds });
  }
  if (isPageForPeople(answer)) return notTaken(answer, title);
  const refused: Verdict = /too high for system size/i.test(words)
    ? ['bad-response', 'finds the power too high for the size of the system', 'correct the size there']
    : ['bad-response', 'refuses the status'];
  const [key, system] = [settingName('apiKey'), settingName('systemId')];
  const unknown: Verdict = ['auth', 'refuses the key or the system', `check ${key} and ${system}`];
  return notTaken(answer, title, {
    200: refused,
    400: refused,
    401: unknown,
    403: forbidden(words, settingName) ?? unknown,
  });
}

function forbidden(words: string, settingName: Naming['settingName']): Verdict | undefined {
  if (/donation/i.test(words))
    return ['settings', 'takes battery figures of donors only', `set ${settingName('battery')}=off`];
  if (!/read.?only/i.test(words)) return undefined;
  return ['auth', 'refuses a key that may only read', `make another, and set ${settingName('apiKey')}`];
}
