/** Where the page is on this machine: the port that its owner has set, else the usual one or any that is free. */
import type { SettingTexts } from '../../settings/settings-reader.ts';
import { openPageServer, type PageOptions, type PageServer } from './page-server.ts';

const usualPort = 4180;

/**
 * A port that cannot be had leaves the rest of the bridge as it is.
 *
 * @param tell is told where the page is, or why it is nowhere, in a sentence.
 * @returns undefined for no page.
 */
export async function openOnPort(
  settings: SettingTexts,
  options: Omit<PageOptions, 'port'>,
  tell: (sentence: string) => void,
): Promise<(PageServer & { address: string }) | undefined> {
  const text = settings['PAGE_PORT']?.trim() || undefined;
  const own = text === undefined ? undefined : Number(text);
  if (own === 0) return undefined;
  if (own !== undefined && !(Number.isInteger(own) && own > 0 && own <= 65_535)) {
    tell('There is no page of the home: PAGE_PORT must be a number from 1 to 65535, or 0 for no page.');
    return undefined;
  }
  try {
    const server = await opened(options, own);
    const address = `http://127.0.0.1:${server.port}/`;
    tell(`See the home: ${address}`);
    return { ...server, address };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be had (${code})`;
    tell(`There is no page of the home: port ${own ?? usualPort} of this machine ${why}. Set another PAGE_PORT.`);
    return undefined;
  }
}

async function opened(options: Omit<PageOptions, 'port'>, own: number | undefined): Promise<PageServer> {
  try {
    return await openPageServer({ ...options, port: own ?? usualPort });
  } catch (error) {
    if (own !== undefined) throw error;
    return openPageServer({ ...options, port: 0 });
  }
}
