/** How the page's server answers: its headers, whom it lets in, and its bodies as small as the browser takes them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Asset } from './assets.ts';
import type { PageTrouble } from './page-state.ts';

/** Nothing but the page's own files and figures, in no frame, and no request to anywhere else. */
const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

export type Refusal = { status: number; says: string };

/**
 * Why a request is not answered; undefined if it is. A page of somebody else's can let its own name lead to this machine,
 * but then that name stands in the request; and a browser says who else asks.
 */
export function refusalOf({ method, headers }: IncomingMessage): Refusal | undefined {
  if (!/^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? ''))
    return {
      status: 421,
      says: 'This page is for this machine alone: open it by the address that the terminal shows.',
    };
  const asker = headers['sec-fetch-site'] ?? 'none';
  const isFollowed = headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document';
  if (asker !== 'none' && asker !== 'same-origin' && !isFollowed)
    return { status: 403, says: 'Another page asks for this home, and gets nothing.' };
  return method === 'GET' ? undefined : { status: 405, says: 'This page is only looked at: GET.' };
}

export function protect(response: ServerResponse): void {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);
}

/** Smaller ones do not gain by it. */
const worthCompressing = 1_000;
const quickly = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

export async function sendJson(
  request: IncomingMessage,
  response: ServerResponse,
  body: object,
  status = 200,
): Promise<void> {
  const text = Buffer.from(JSON.stringify(body));
  const encoding = text.length < worthCompressing ? 'identity' : encodingFor(request);
  const encoded =
    encoding === 'br'
      ? await promisify(brotliCompress)(text, quickly)
      : encoding === 'gzip'
        ? await promisify(gzip)(text)
        : text;
  send(response, status, { type: 'application/json; charset=utf-8', encoding, body: encoded });
}

export function refuse(request: IncomingMessage, response: ServerResponse, { status, says }: Refusal): Promise<void> {
  if (status === 405) response.setHeader('allow', 'GET');
  const body: PageTrouble = { says };
  return sendJson(request, response, body, status);
}

/** Asked for anew each time, and told in a word if it is the same. */
export function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): void {
  response.setHeader('cache-control', 'no-cache').setHeader('etag', asset.etag);
  if (request.headers['if-none-match'] === asset.etag) {
    response.writeHead(304).end();
    return;
  }
  const encoding = encodingFor(request);
  send(response, 200, { type: asset.type, encoding, body: asset[encoding] });
}

type Encoding = 'br' | 'gzip' | 'identity';

function encodingFor({ headers }: IncomingMessage): Encoding {
  const taken = String(headers['accept-encoding'] ?? '')
    .slice(0, 200)
    .split(',')
    .map((word) => word.trim());
  return (['br', 'gzip'] as const).find((word) => taken.includes(word)) ?? 'identity';
}

function send(
  response: ServerResponse,
  status: number,
  { type, encoding, body }: { type: string; encoding: Encoding; body: Buffer },
): void {
  response.setHeader('vary', 'accept-encoding');
  if (encoding !== 'identity') response.setHeader('content-encoding', encoding);
  response.writeHead(status, { 'content-type': type, 'content-length': body.length }).end(body);
}
