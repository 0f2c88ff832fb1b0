/** A cloud that repeats what it was sent, in each form in which a text may come back: nobody may be told it. */
import type { NamedConversation } from '../conversations/all.ts';
import type { Answer } from '../support/conversation.ts';
import { disguises } from '../support/disguises.ts';
import { secretsOfRequest } from '../support/leaks.ts';
import type { Cell } from './cell.ts';
import type { Fault } from './fault.ts';
import { isNumberText, rewritten } from './figures.ts';
import { openTestedHome, type TestedHome, type Where } from './tested-home.ts';
import { refusal } from './texts.ts';

export type Echo = { name: string; nth: number; disguise: (secret: string) => string };
export const echoes: readonly Echo[] = Object.entries(disguises).map(([name, disguise], nth) => ({
  ...{ name: `echo: ${name}`, nth, disguise },
}));

type Position = {
  name: string;
  where: Where;
  answer(usual: Answer, echo: string): Answer | undefined;
  /** Whether it is the name of a device, by which a cloud is asked and which is stored. */
  mayBeKept?: true;
};

const asPage = (status: number) => (_usual: Answer, echo: string) => ({
  ...{ status, text: `<p>The log-in with ${echo} failed</p>` },
});
const inCode = (status: number) => (_usual: Answer, echo: string) => ({ status, json: refusal(`no user has ${echo}`) });
const isFigure = (value: unknown) => typeof value === 'number' || isNumberText(value);

const inTexts = (usual: Answer, echo: string) =>
  rewritten(usual, (value) => (typeof value === 'string' && !isNumberText(value) ? `${value} ${echo}` : value));

/** Where it stands in answers to a home whose every call is refused. */
const refusals: readonly Position[] = [
  { name: 'a page', where: 'every call', answer: asPage(400) },
  { name: 'a sentence', where: 'every call', answer: inCode(200) },
  { name: 'a refusal', where: 'every call', answer: inCode(401) },
];
/** Where it stands in answers to one that is logged in. */
const answers: readonly Position[] = [
  { name: 'a page', where: 'live call', answer: asPage(500) },
  { name: 'a sentence', where: 'live call', answer: inCode(200) },
  {
    name: 'figures',
    where: 'live call',
    answer: (usual, echo) => rewritten(usual, (value) => (isFigure(value) ? echo : value)),
  },
  {
    name: 'names',
    where: 'live call',
    answer: (usual, echo) =>
      rewritten(usual, (value) =>
        value === null || typeof value !== 'object' || Array.isArray(value) ? value : { ...value, [echo]: echo },
      ),
  },
  { name: 'texts', where: 'live call', answer: inTexts, mayBeKept: true },
  { name: 'texts', where: 'every call', answer: inTexts, mayBeKept: true },
];

/** Secrets with all that some form changes: the first that every setting of the adapter takes. */
const difficult = ['Gr&n=<Wärme>\'25"\\+%/?', 'Gr&n=<Warme>\'25"\\+%/?', 'Grun-Warme_25'];

export async function playEcho({ name, ...conversation }: NamedConversation, echo: Echo): Promise<Cell> {
  const wrong: string[] = [];
  const begun = performance.now();
  for (const where of ['every call', 'live call'] as const) {
    const named = { name, ...conversation };
    wrong.push(...(await playRefusals(named, where, echo)), ...(await playAnswers(named, where, echo)));
  }
  const ms = performance.now() - begun;
  return { sign: wrong.length > 0 ? '✗' : '✓', wrong, ms, megabytes: 0 };
}

/** By conversation: which of the difficult secrets its settings take. */
const taken = new Map<string, string>();

/** With secrets of our own in all settings, every call refused. */
async function playRefusals(conversation: NamedConversation, where: Where, echo: Echo): Promise<string[]> {
  const names = Object.entries(conversation.adapter.settings).flatMap(([name, { secret }]) =>
    secret && name in conversation.conversation.settings ? [name] : [],
  );
  if (where !== 'every call' || names.length === 0) return [];
  for (const secret of [taken.get(conversation.name) ?? difficult].flat()) {
    const settings = Object.fromEntries(names.map((name) => [name, withSecret(conversation, name, secret)]));
    const wrong = await playPositions(conversation, refusals, where, settings, () => echo.disguise(secret));
    if (!wrong) continue;
    taken.set(conversation.name, secret);
    return wrong;
  }
  return ['no secret was sent'];
}

/** Where a setting is a tree, only the secrets in it are replaced. */
function withSecret({ conversation: { settings, secrets = [] } }: NamedConversation, name: string, secret: string) {
  const text = settings[name] ?? '';
  if (!/^\s*[[{]/.test(text)) return secret;
  return secrets.reduce((changed, known) => changed.replaceAll(known, JSON.stringify(secret).slice(1, -1)), text);
}

/** With what the conversation itself sends, each secret in its turn. */
async function playAnswers(conversation: NamedConversation, where: Where, { nth, disguise }: Echo): Promise<string[]> {
  const echoOf = (tested: TestedHome) => {
    const sent = [...new Set(tested.vendor.received.flatMap(secretsOfRequest))].filter((text) => text.length >= 8);
    const known = sent.length > 0 ? sent : tested.secrets().slice(1);
    return disguise(known[nth % known.length] ?? '');
  };
  const positions = answers.filter((position) => position.where === where);
  return (await playPositions(conversation, positions, where, {}, echoOf)) ?? [];
}

/** @returns what is wrong; undefined where the cloud was not even asked. */
async function playPositions(
  conversation: NamedConversation,
  positions: readonly Position[],
  where: Where,
  settings: Record<string, string>,
  echoOf: (tested: TestedHome) => string,
): Promise<string[] | undefined> {
  const wrong: string[] = [];
  let position: Position | undefined;
  const answer: Fault['answer'] = (usual) => position?.answer(usual, echoOf(tested));
  const tested = await openTestedHome(conversation, { answer }, where, settings);
  tested.strike('answers');
  try {
    for (position of positions) {
      tested.forget();
      const report = await tested.tick();
      if (tested.vendor.received.length === 0) return undefined;
      if (position.mayBeKept) tested.documents.clear();
      const found = tested.unfit(report, tested.chargeHq.pushes);
      if (report.kind === 'bug') found.push(`a bug: ${report.sources[0]?.stack ?? report.remarks}`);
      wrong.push(...found.map((what) => `in ${position?.name} of ${where}: ${what}`));
    }
  } finally {
    await tested.close();
  }
  return wrong;
}
