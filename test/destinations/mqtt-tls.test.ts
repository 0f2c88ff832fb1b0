/** MQTT over TLS: whom we trust, and who trusts us. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { playBroker, takesAll } from '../support/broker.ts';
import {
  badCertificatesKey,
  certificate,
  certificateKey,
  expiredCertificate,
  otherHostsCertificate,
} from '../support/certificate.ts';
import { type MqttSettings, tellLeavingNothing } from '../support/mqtt.ts';

describe('a broker with TLS', () => {
  const tls = { cert: certificate, key: certificateKey };

  it('is trusted by MQTT_CA, with line breaks or \\n', async (t) => {
    const broker = await playBroker(t, takesAll, { tls });
    for (const ca of [certificate, certificate.replaceAll('\n', '\\n')])
      assert.equal((await tellLeavingNothing(t, broker.url, { ca })).row.outcome, 'pushed');
  });

  it('that asks for a certificate gets ours', async (t) => {
    const broker = await playBroker(t, takesAll, { tls: { ...tls, requestCert: true, ca: certificate } });
    const own = { cert: certificate, key: certificateKey.replaceAll('\n', '\\n') };
    assert.equal((await tellLeavingNothing(t, broker.url, { ca: certificate, ...own })).row.outcome, 'pushed');
  });

  it('that asks for a certificate, and gets none, refuses us: auth', async (t) => {
    const broker = await playBroker(t, takesAll, { tls: { ...tls, requestCert: true, ca: certificate } });
    const { row } = await tellLeavingNothing(t, broker.url, { ca: certificate });
    assert.equal(row.kind, 'auth');
    assert.match(row.error ?? '', /does not take our certificate: check MQTT_CERT and MQTT_KEY/);
  });

  const untrusted: [string, MqttSettings, object, RegExp][] = [
    ['signed by itself', {}, tls, /DEPTH_ZERO_SELF_SIGNED_CERT/],
    [
      'that is expired',
      { ca: expiredCertificate },
      { cert: expiredCertificate, key: badCertificatesKey },
      /CERT_HAS_EXPIRED/,
    ],
    [
      'of another host',
      { ca: otherHostsCertificate },
      { cert: otherHostsCertificate, key: badCertificatesKey },
      /ERR_TLS_CERT_ALTNAME_INVALID/,
    ],
  ];
  for (const [what, settings, theirs, word] of untrusted)
    it(`and a certificate ${what} is told nothing: settings`, async (t) => {
      const broker = await playBroker(t, takesAll, { tls: theirs });
      const { row } = await tellLeavingNothing(t, broker.url, settings);
      assert.equal(row.kind, 'settings');
      assert.match(row.error ?? '', /has a certificate that is not trusted: set MQTT_CA to its authority/);
      assert.match(row.error ?? '', word);
      assert.deepEqual(broker.received, []);
    });

  it('at a port without is unavailable, and the sentence asks for the port', async (t) => {
    const broker = await playBroker(t);
    const { row } = await tellLeavingNothing(t, broker.url.replace('mqtt:', 'mqtts:'));
    assert.equal(row.kind, 'unavailable');
    assert.match(row.error ?? '', /MQTT_URL/);
  });

  it('spoken to without ends the connection, and the sentence asks for the port', async (t) => {
    const broker = await playBroker(t, takesAll, { tls });
    const { row } = await tellLeavingNothing(t, broker.url.replace('mqtts:', 'mqtt:'));
    assert.equal(row.kind, 'unavailable');
    assert.match(row.error ?? '', /ended the connection: is MQTT_URL the right port/);
  });
});
