/** What an owner sets for Enphase, in either mode. */
import * as z from 'zod/mini';
import { choice, flag, number, orInAddress, secret, setting, text } from '../adapter.ts';

export const settings = {
  mode: setting(
    z._default(
      choice({
        v4: 'the official API, with a developer application',
        enlighten: 'unofficial, with the log-in of the Enlighten web page',
      }),
      'v4',
    ),
    'v4 (official API, needs a developer application) or enlighten (unofficial, with the log-in of the Enlighten web page)',
  ),
  systemId: setting(
    z.optional(orInAddress(/\/(?:systems|web)\/(\d{1,15})/, number({ min: 1 }))),
    'Number in the address of your system in Enlighten (/systems/<number> or /web/<number>), or the whole address; needed if the account has several',
  ),
  apiKey: secret(z.optional(text), 'Mode v4: API key, from developer-v4.enphase.com → Applications'),
  clientId: setting(z.optional(text), 'Mode v4: client ID, on the same page'),
  clientSecret: secret(z.optional(text), 'Mode v4: client secret, on the same page'),
  refreshToken: secret(
    z.optional(text),
    'Mode v4: refresh token from your one-time consent in a browser (docs/adapters/enphase.md); only the first one, later ones are kept by the bridge',
  ),
  readBatterySoc: setting(
    z._default(flag, false),
    'Mode v4: true to read the state of charge too, with a second call; on the free plan readings then come half as often',
  ),
  username: setting(z.optional(text), 'Mode enlighten: e-mail address of the Enlighten log-in'),
  password: secret(z.optional(text), 'Mode enlighten: its password'),
};
