/** Home Assistant without a broker: the common document to a webhook, which template sensors of the owner's turn into entities. */
import * as z from 'zod/mini';
import { defineDestination, headers, secret, secretAddress } from './destination.ts';
import { isTaken, notTaken, type Verdict } from './verdict.ts';

export const homeAssistantWebhook = defineDestination({
  slug: 'home-assistant-webhook',
  title: 'Home Assistant (webhook)',
  homepage: 'https://www.home-assistant.io/docs/automation/trigger/#webhook-trigger',
  standing: 'works with limits',
  takes: 'the whole document, and errors; Home Assistant never says whether it took them',
  needs: 'an https address of Home Assistant, and sensors to paste into its configuration',
  settings: {
    url: secret(secretAddress, 'The whole address of the webhook, https://…/api/webhook/<id>; its id is the password'),
    headers: secret(z.optional(headers), 'Headers for a tunnel with a log-in of its own, as a JSON object'),
  },
  async push({ settings, settingName, title, document, http }) {
    const answer = await http.send('POST', settings.url, {
      json: document,
      headers: settings.headers ?? {},
      accept: 'all',
    });
    if (isTaken(answer)) return undefined;
    const address = settingName('url');
    const tunnel: Verdict = [
      'auth',
      'is behind a log-in that refuses us',
      `check ${settingName('headers')} and ${address}`,
    ];
    throw notTaken(answer, title, {
      ...{ 401: tunnel, 403: tunnel, webPage: answer.status === 404 || answer.status === 410 ? undefined : tunnel },
      400: ['settings', 'does not trust the proxy before it', 'name it in trusted_proxies of its http configuration'],
      405: ['settings', 'allows other methods for this webhook only', 'set allowed_methods: [POST]'],
    });
  },
});
