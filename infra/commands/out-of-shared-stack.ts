/** A home that gets a stack of its own comes out of one of several: never served by both, and with all that it remembers. */
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import { inShort } from '../../functions/push-solar-data/local/home-at-hand.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { stackNamed } from '../../functions/push-solar-data/settings/sites.ts';
import { copied, type OpenTable } from './homes-state.ts';
import type { Served, Stacks } from './stacks-at-aws.ts';

type Ports = { stacks: Stacks; openTable: OpenTable; say(sentence: string): void };

/** @throws Failure `settings` while the stack of several homes serves this one; nothing was deployed then. */
export async function outOfSharedStack({ site, texts }: Account, { stacks, openTable, say }: Ports): Promise<void> {
  const stack = stackNamed(texts);
  const served = await servedAsFarAsSeen(stack, stacks);
  if (served?.sites.includes(site))
    throw new Failure(
      'settings',
      `Nothing was deployed: "${site}" is served by the stack "${stack}" of several homes. ${wayOut(
        site,
        served.sites.filter((other) => other !== site),
        texts,
      )}`,
    );
  if (!served?.table || (await stacks.has(site))) return;
  await copied([site], served.table, { openTable, say });
  await openTable(served.table).forget(site);
}

/**
 * A stack of one home and one of several that are called alike are one stack at AWS: whatever is done to the first is done
 * to the second, and its homes, with what their table remembers, are gone.
 *
 * @throws Failure `settings`
 */
export async function refuseStackOfSeveral(
  { site, texts }: Account,
  { stacks }: Pick<Ports, 'stacks'>,
  done: 'deployed' | 'removed',
): Promise<void> {
  const sites = (await servedAsFarAsSeen(site, stacks))?.sites ?? [];
  if (sites.length === 0) return;
  const command = done === 'deployed' ? 'npm run deploy' : 'npm run destroy';
  const list = { ...texts, SITE: sites.length === 1 ? `${sites[0]},` : sites.join(), STACK: site };
  const example = sites.length > 6 ? '' : `: ${suggested(command, list)}`;
  throw new Failure(
    'settings',
    `Nothing was ${done}: "${site}" is no home, but the stack of several homes (${inShort(sites)}). ` +
      `If you mean that stack, name its homes in SITE and "${site}" in STACK${example}`,
  );
}

/** Whoever deploys one home may have no right to look at stacks. */
async function servedAsFarAsSeen(stack: string, stacks: Stacks): Promise<Served | undefined> {
  try {
    return await stacks.served(stack);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'auth') return undefined;
    throw error;
  }
}

function wayOut(site: string, others: readonly string[], texts: Account['texts']): string {
  const sharing = { ...texts, SITE: others.length === 1 ? `${others[0]},` : others.join() };
  if (others.length === 0)
    return `Remove that stack (${suggested('npm run destroy', { ...texts, SITE: `${site},` })}; settings and log-ins stay), then deploy this home again.`;
  const example = others.length > 6 ? '' : `, as in ${suggested('npm run deploy', sharing)}`;
  return `Take it out of SITE there and deploy those that stay${example}; then deploy this home again.`;
}
