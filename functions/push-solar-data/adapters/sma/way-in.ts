/** What the two ways to SMA's cloud have in common. */
import type { Http } from '../adapter.ts';
import type { TokenSession } from '../oauth.ts';
import type { Choice, OnlyOptions } from '../only.ts';
import type { Way } from '../session.ts';
import type { EnergyBalance } from './balance.ts';
import type { SmaContext } from './settings.ts';

export type WayIn = {
  baseUrl: string;
  authUrl: string;
  /** Of every call, beside the token. */
  headers?: Record<string, string>;
  refresh?(context: SmaContext): Way<TokenSession>;
  logIn(context: SmaContext): Promise<TokenSession>;
  plants(http: Http): Promise<Choice[]>;
  none?: Pick<OnlyOptions, 'none'>;
  /** The newest point of a plant, and the plant's time zone where the answer names one. */
  newest(http: Http, plantId: string): Promise<EnergyBalance & { zone?: string | undefined }>;
};
