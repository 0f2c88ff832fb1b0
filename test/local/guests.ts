/** What a server on one's own machine has to live with: scanners, tabs that are closed, pages that know nothing of it. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Sends these bytes. @returns the socket, on which the guest may wait or leave. */
export async function guest(port: number, bytes: string | Buffer = ''): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
  return socket;
}

const post = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: here\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** Guests that say what no browser would, and leave at once or in the middle. */
export async function unwelcomeGuests(port: number, path: string): Promise<void> {
  for (const bytes of [
    '',
    'GET / HTTP',
    'GET // HTTP/1.1\r\nHost: here\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: here\r\n\r\n',
    `GET ${path} HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    `OPTIONS * HTTP/1.1\r\nHost: here\r\n\r\n`,
    'CONNECT other:443 HTTP/1.1\r\nHost: other\r\n\r\n',
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
    `${post(path, 100)}ab`,
    `${post(path, 2)}ab`,
    `POST ${path} HTTP/1.1\r\nHost: here\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n`,
  ]) {
    const socket = await guest(port, bytes);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.resetAndDestroy();
  }
}
