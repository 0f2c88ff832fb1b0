/** One-time consent in a browser: shows the vendor's page, waits for the code, and exchanges it. */
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Adapter, Consent } from '../adapters/adapter.ts';
import { Failure } from '../core/failure.ts';
import { within } from '../core/time.ts';
import { systemClock } from '../platform/clock.ts';
import { openConnections } from '../platform/connections.ts';
import { createHttp } from '../platform/http.ts';
import { createRedactor } from '../platform/redaction.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import { openSite, type Registry, type Source } from '../settings/site.ts';
import { withVariables } from '../settings/variables.ts';
import { type CommandPorts, isTerminal } from './command.ts';
import { ownSettings } from './known-settings.ts';
import { sayOn } from './layout.ts';
import { input as prompt } from './prompts.ts';
import { codeIn, openRedirect, type Redirect } from './redirect.ts';

export type ConsentPorts = CommandPorts & {
  /** Of this machine, for vendors that send the browser here. */
  port: number;
};

const defaultPort = 8917;
/** How long an owner may take. */
const patienceMs = 15 * 60_000;
const exchangeMs = 30_000;

/** @param port as the owner wrote it. @throws Failure `settings` */
export function portOf(port: string | undefined): number {
  if (port === undefined) return defaultPort;
  const number = Number(port);
  if (Number.isInteger(number) && number > 0 && number < 65_536) return number;
  throw new Failure('settings', `--port must be a whole number from 1 to 65535 (it is "${port}")`);
}

type AnyConsent = Consent<Record<string, unknown>, string>;

/**
 * The source as its consent needs it: everything is set but what the consent yields.
 *
 * @param configure the command that asks for settings. @throws Failure `settings` for what is missing, or if these settings need no consent.
 */
export async function sourceToConnect(
  label: string,
  adapter: Adapter,
  texts: SettingTexts,
  configure = 'npm run configure',
): Promise<{ source: Source; consent: AnyConsent; secrets: string[] }> {
  const { consent, vendor, title } = adapter;
  if (!consent)
    throw new Failure('settings', `${title} needs no consent in a browser: ${configure} asks for all it needs`);
  const own = ownSettings(label, adapter);
  const later = Object.fromEntries(consent.yields.map((key) => [own.get(key)?.name ?? key, 'not yet']));
  const alone = { VENDOR: `${label}:${vendor}`, DESTINATION: undefined, CHARGE_HQ_API_KEY: 'not yet' }; // nobody is told
  const registry: Registry = { [vendor]: async () => adapter };
  const { sources, problems, secrets } = await openSite({ ...texts, ...later, ...alone }, registry);
  const [source] = sources;
  if (!source) throw new Failure('settings', `${problems.join('\n')}\n${configure} asks for it.`);
  const required = (adapter.requires?.(source.settings) ?? []).flat();
  const isDemanded = (key: string) =>
    required.includes(key) || own.get(key)?.schema.safeParse(undefined).success === false;
  if (!consent.yields.some(isDemanded))
    throw new Failure('settings', `${title} needs no consent with these settings: they use another way to log in`);
  return { source, consent, secrets };
}

/**
 * @returns the texts that the consent yields, by the adapter's names.
 * @throws Failure `settings`, `auth`, `bad-response` or `unavailable`, with a sentence that tells no secret.
 */
export async function obtainConsent(
  { source, consent, secrets }: Awaited<ReturnType<typeof sourceToConnect>>,
  ports: ConsentPorts,
): Promise<Record<string, string>> {
  const { adapter, settings, baseUrl, authUrl } = source;
  const state = randomBytes(16).toString('base64url');
  const ownPage = typeof consent.redirectUri === 'function' ? consent.redirectUri(settings) : consent.redirectUri;
  const redirect = ownPage === undefined ? await openRedirect(ports.port, state) : undefined;
  const redirectUri = redirect?.uri ?? ownPage ?? '';
  const connections = openConnections();
  const redactor = createRedactor(secrets);
  try {
    const page = consent.page({ settings, redirectUri, state });
    await show(page.startsWith('/') ? (authUrl ?? baseUrl ?? '') + page : page, redirect, ports);
    const code = await within(patienceMs, (signal) => waitForCode(state, redirect, signal, ports));
    redactor.redactValue(code);
    return await within(exchangeMs, async (signal) => {
      const http = createHttp({
        connections,
        name: adapter.title,
        baseUrl,
        authUrl,
        signal,
        now: systemClock.now(),
        redactor,
      });
      const texts = await consent.exchange({ settings, http, redirectUri, code });
      return Object.fromEntries(Object.entries(texts).filter((entry): entry is [string, string] => !!entry[1]));
    });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const told = withVariables(error.message, { label: source.label, settings: adapter.settings, values: settings });
    throw new Failure(error.kind, redactor.text(`${told}. Nothing was stored.`), { cause: error });
  } finally {
    await redirect?.close();
    await connections.close();
  }
}

async function show(page: string, redirect: Redirect | undefined, { output, browse }: ConsentPorts): Promise<void> {
  const after = redirect
    ? 'The browser then comes back here by itself. If it runs on another machine, paste the address at which it ends.'
    : 'The page after your consent shows a code: paste the code, or the whole address of that page.';
  sayOn(output)(`Give your consent on this page:\n\n  ${page}\n\n${after}`);
  await browse(page).catch(() => {}); // the address stands above
}

/** Whichever comes first: the browser's return, or the owner's paste. */
async function waitForCode(
  state: string,
  redirect: Redirect | undefined,
  signal: AbortSignal,
  ports: ConsentPorts,
): Promise<string> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const pasted = isTerminal(ports) ? askForCode(state, either, ports) : codeFromInput(state, redirect, either, ports);
  const tooLate = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () =>
      reject(new Failure('unavailable', 'No consent came within a quarter of an hour: begin again')),
    ),
  );
  try {
    return await Promise.race([pasted, tooLate, ...(redirect ? [redirect.code] : [])]);
  } finally {
    stop.abort();
  }
}

async function askForCode(state: string, signal: AbortSignal, { input, output }: ConsentPorts): Promise<string> {
  const validate = (answer: string) => {
    try {
      return codeIn(answer, state) !== '';
    } catch (error) {
      if (error instanceof Failure && error.kind === 'bad-response') return error.message;
      return true; // a refusal ends it
    }
  };
  try {
    return codeIn(await prompt({ message: 'Code or address:', validate }, { input, output, signal }), state);
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortPromptError') return neverGiven();
    throw error;
  }
}

/** The first line of an input that is no terminal. */
async function codeFromInput(
  state: string,
  redirect: Redirect | undefined,
  signal: AbortSignal,
  { input }: ConsentPorts,
): Promise<string> {
  for await (const line of createInterface({ input, signal })) if (line.trim()) return codeIn(line, state);
  if (redirect || signal.aborted) return neverGiven();
  throw new Failure('settings', 'No code was given: run this in a terminal, or write the code to its standard input');
}

/** Something else decides. */
const neverGiven = () => new Promise<never>(() => {});
