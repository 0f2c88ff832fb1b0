/** Faults of the way to a cloud: addresses at which nobody can be reached. */
import { createServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import {
  badCertificatesKey,
  certificate,
  certificateKey,
  expiredCertificate,
  otherHostsCertificate,
} from '../support/certificate.ts';

/** The certificates to trust, so that each is refused for its own fault; the self-signed one is not among them. */
export const trusted = expiredCertificate + otherHostsCertificate;

/** Nobody listens there, and no test that runs beside this one is given it. */
const closedPort = 1;

export type DeadAddress = { name: string; url: string; endless?: boolean };

/** Opens the servers behind the addresses. */
export async function openDeadAddresses(): Promise<{ addresses: DeadAddress[]; close(): void }> {
  const opened: { server: Server; sockets: Set<Socket> }[] = [];
  const open = async (server: Server): Promise<number> => {
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => {}); // the bridge may leave at any time
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    opened.push({ server, sockets });
    return (server.address() as AddressInfo).port;
  };
  const secure = (cert: string, key: string) =>
    open(createServer({ cert, key }, (_request, response) => response.end('{}')));

  const silentPort = await open(createTcpServer(() => {}));
  const resetPort = await open(createTcpServer((socket) => socket.resetAndDestroy()));
  const plainPort = await open(createTcpServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')));
  const at = (port: number, scheme = 'https') => `${scheme}://127.0.0.1:${port}`;
  return {
    addresses: [
      { name: 'no such name (DNS)', url: 'https://no-such-host.invalid' },
      { name: 'connection refused', url: at(closedPort, 'http') },
      { name: 'connection reset before the request', url: at(resetPort, 'http') },
      { name: 'connection never made', url: at(silentPort), endless: true },
      { name: 'no TLS where TLS should be', url: at(plainPort) },
      { name: 'certificate self-signed', url: at(await secure(certificate, certificateKey)) },
      { name: 'certificate expired', url: at(await secure(expiredCertificate, badCertificatesKey)) },
      { name: 'certificate of another host', url: at(await secure(otherHostsCertificate, badCertificatesKey)) },
    ],
    close() {
      for (const { server, sockets } of opened) {
        for (const socket of sockets) socket.destroy();
        server.close();
      }
    },
  };
}
