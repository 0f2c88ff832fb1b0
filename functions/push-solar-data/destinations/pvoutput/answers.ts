/** What PVOutput's answers mean: by HTTP status, then by the words behind the colon. */
import { usualLongestWaitSeconds } from '../../core/destination-state.ts';
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

/** A quota lasts until the full hour. */
export const hourMs = 3_600_000;
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
  if (status === 403 && /donation/i.test(words)) {
    const sentence = `${title} takes battery figures of donors only (HTTP 403): set ${settingName('battery')}=off`;
    return new DestinationError('settings', sentence, { excerpt, retryAfterSeconds: 0 }); // it goes on without them
  }
  const { retryAfterSeconds } = answer;
  const patient: Answer = {
    ...answer,
    retryAfterSeconds: retryAfterSeconds && Math.min(retryAfterSeconds, usualLongestWaitSeconds),
  };
  if (isPageForPeople(answer)) return notTaken(patient, title);
  const refused = refusedFor(words, settingName);
  const [key, system] = [settingName('apiKey'), settingName('systemId')];
  const unknown: Verdict = ['auth', 'refuses the key or the system', `check ${key} and ${system}`];
  return notTaken(patient, title, {
    200: refused,
    400: refused,
    401: unknown,
    403: /read.?only/i.test(words)
      ? ['auth', 'refuses a key that may only read', `make another, and set ${key}`]
      : unknown,
  });
}

function refusedFor(words: string, settingName: Naming['settingName']): Verdict {
  if (/too high for system size/i.test(words))
    return ['bad-response', 'finds the power too high for the size of the system', 'correct the size there'];
  if (/\bdate\b/i.test(words))
    return ['bad-response', 'refuses the date of the status', `check ${settingName('timeZone')}`];
  return ['bad-response', 'refuses the status'];
}
