/** How long a figure stands for readers where no new one comes. */
import type { DestinationHome } from './destination.ts';

/**
 * @returns s: what the owner set, or two polls of the slowest source and a minute, at least 180. Says so where the owner
 *   set no more than the time between two messages.
 */
export function expirySeconds({
  settings,
  settingName,
  home,
  note,
}: {
  settings: { expireSeconds?: number | undefined };
  settingName(setting: string): string;
  home: Pick<DestinationHome, 'slowestPollSeconds'>;
  note(remark: string): void;
}): number {
  const { slowestPollSeconds } = home;
  const seconds = settings.expireSeconds ?? Math.max(180, 2 * slowestPollSeconds + 60);
  if (seconds <= slowestPollSeconds)
    note(`${settingName('expireSeconds')} is no longer than the time between two messages: values come and go`);
  return seconds;
}
