/** Addresses that are known inside a home alone, and the ways to be reached from outside. */

const privateNetworks = /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01])|169\.254|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./;
const isOneWord = /^[a-z][a-z0-9-]{0,62}$/;
const privateNames = /\.(?:local|lan|home|internal|localdomain|home\.arpa|fritz\.box)$/;

/** The sentence's end about such an address of plain http; undefined for any other. */
export function waysOut(address: string): string | undefined {
  const isWhole = /^[a-z]+:\/\//i.test(address);
  const whole = isWhole ? address : `http://${address}`;
  if (!URL.canParse(whole)) return undefined;
  const { protocol, hostname, port } = new URL(whole);
  if (protocol !== 'http:' || !(isInsideHome(hostname) || (isWhole && isOneWord.test(hostname)))) return undefined;
  return (
    'and this one is known only inside your home. Ways out: its address for remote access (for Home Assistant that of ' +
    'Nabu Casa, or its own domain with a certificate), a tunnel that gives it an https address, or npm start on that ' +
    `very machine with http://localhost${port === '' ? '' : `:${port}`}`
  );
}

const isInsideHome = (hostname: string): boolean =>
  privateNetworks.test(hostname) || privateNames.test(hostname) || /^\[f(?:[cd]|e8)/.test(hostname);
