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
