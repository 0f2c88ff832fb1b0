/** A home that gets a stack of its own comes out of one of several: never served by both, and with all that it remembers. */
import { Failure } from '../../functions/push-solar-data/core/failure.ts';
import type { Account } from '../../functions/push-solar-data/local/aws-account.ts';
import { suggested } from '../../functions/push-solar-data/local/suggested.ts';
import { stackNamed } from '../../functions/push-solar-data/settings/sites.ts';
import { copied, type OpenTable } from './homes-state.ts';
import type { Stacks } from './stacks-at-aws.ts';

type Ports = { stacks: Stacks; openTable: OpenTable; say(sentence: string): void };

/** @throws Failure `settings` while the stack of several homes serves this one; nothing was deployed then. */
export async function outOfSharedStack({ site, texts }: Account, { stacks, openTable, say }: Ports): Promise<void> {
  const stack = stackNamed(texts);
  if (!(await isThere(stack, stacks))) return;
  const served = await stacks.served(stack);
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

/** Whoever deploys one home may have no right to look at stacks. */
async function isThere(stack: string, stacks: Stacks): Promise<boolean> {
  try {
    return await stacks.has(stack);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'auth') return false;
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
