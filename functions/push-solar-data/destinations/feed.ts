/** The last document at an address, for readers that only pull: evcc, TeslaSolarCharger, a dashboard. */
import * as z from 'zod/mini';
import { DestinationError, defineDestination, number, secret, setting, text } from './destination.ts';
import { expirySeconds } from './expiry.ts';
import { type FeedRecord, hashOfToken } from './feed/record.ts';

const token = text.check(
  z.regex(/^[\x21-\x7e]{24,200}$/, 'must be 24 to 200 letters, digits or signs, without a space: openssl rand -hex 24'),
);

export const feed = defineDestination({
  slug: 'feed',
  title: 'Feed for readers',
  standing: 'works with limits',
  takes: 'the whole document, each figure as a bare number, and errors; nothing is sent: a reader asks when it likes',
  needs: 'a reader that can ask an address',
  settings: {
    token: secret(
      z.optional(token),
      'What readers must send as the header Authorization: Bearer <token>; needed on AWS. Make one: openssl rand -hex 24',
    ),
    port: setting(
      z._default(number({ min: 1, max: 65_535 }), 8710),
      'Port of this machine on which npm start answers readers',
    ),
    expireSeconds: setting(
      z.optional(number({ min: 5 })),
      'How long a document is good; default: two polls of the slowest source and a minute, at least 180',
    ),
  },
  neededOnAws: ['token'],
  minSecondsBetween: 0, // nobody is asked: it is our own store
  problems: ({ port }, settingName) =>
    Number.isInteger(port) ? [] : [`${settingName('port')} must be a whole number (it is "${port}")`],
  async push({ settings, settingName, document, home, lastDocument, now, note }) {
    if (lastDocument.isPublic && settings.token === undefined)
      throw new DestinationError(
        'settings',
        `${settingName('token')} is missing, and without it nobody may read the feed: make one with openssl rand -hex 24, ` +
          'and store it as a SecureString parameter',
      );
    const record: FeedRecord = {
      document,
      freshUntil: now + expirySeconds({ settings, settingName, home, note }) * 1000,
      ...(settings.token === undefined ? {} : { tokenHash: hashOfToken(settings.token) }),
    };
    await lastDocument.put(record);
    return undefined;
  },
});
