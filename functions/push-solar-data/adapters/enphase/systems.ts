/** Which of an account's systems is meant, where the owner does not say. */
import { Failure } from '../adapter.ts';

export type System = { id: string; name?: string | null | undefined };

/** @throws Failure with a list to choose from, unless there is exactly one. */
export function onlySystem(systems: readonly System[]): string {
  const byId = new Map(systems.map((system) => [system.id, system]));
  const [only] = byId.values();
  if (only && byId.size === 1) return only.id;
  const listed = [...byId.values()].map(({ id, name }) => (name ? `${id} (${name})` : id)).join(', ');
  throw new Failure(
    'bad-response',
    only
      ? `Enphase shows several systems in this account: set systemId to one of ${listed}`
      : 'Enphase shows no system in this account: check which account was used, or set systemId',
  );
}

/** @throws Failure if an answer says that it is of another system than the one that was asked for. */
export function refuseOther(answered: string | null | undefined, asked: string): void {
  if (answered == null || answered === asked) return;
  throw new Failure('bad-response', `Enphase answered with figures of system ${answered} instead of ${asked}`);
}
