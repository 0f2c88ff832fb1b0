/** Installs, where it is absent and may be, the broker mosquitto with its reader. */
import { lackOf } from './install.ts';

/** @returns why it cannot be had, for a test's `skip`; false if it is there. */
export const lackOfMosquitto = (): string | false =>
  lackOf(['mosquitto', 'mosquitto_passwd', 'mosquitto_sub', 'openssl'], ['mosquitto', 'mosquitto-clients', 'openssl']);
