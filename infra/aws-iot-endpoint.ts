/** The account's own address at AWS IoT Core, for MQTT destinations there: looked up once, at the deployment. */
import type { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { Failure } from '../functions/push-solar-data/core/failure.ts';
import { destinations } from '../functions/push-solar-data/destinations/index.ts';
import { asked } from '../functions/push-solar-data/local/aws-account.ts';
import { chosenDestinations, cleaned, setByDeployment } from '../functions/push-solar-data/local/known-settings.ts';
import type { SettingTexts } from '../functions/push-solar-data/settings/settings-reader.ts';

/** `https://<prefix>-ats.iot.<region>.amazonaws.com`. @throws Failure */
export type LookUpEndpoint = (region: string) => Promise<string>;

/** The settings that are lacking for destinations at AWS IoT Core, by name; asks nobody where there are none. @throws Failure */
export async function settingsOfAwsIot(
  texts: SettingTexts,
  region: string,
  lookUp: LookUpEndpoint,
): Promise<Record<string, string>> {
  const chosen = await chosenDestinations(texts, destinations);
  const names = chosen
    .flatMap(({ label, module }) => setByDeployment(label, module, texts) ?? [])
    .filter((name) => cleaned(texts[name]) === undefined);
  if (names.length === 0) return {};
  const endpoint = await lookUp(region);
  return Object.fromEntries(names.map((name) => [name, endpoint]));
}

const Described = z.object({ endpointAddress: z.string().check(z.regex(/^[a-z0-9.-]{1,200}$/)) });

/**
 * One signed request, with the credentials of a client that the deployment has anyway.
 *
 * @param host of the API of AWS IoT Core, for tests.
 */
export const endpointAt =
  (client: SSMClient, host?: string): LookUpEndpoint =>
  (region) =>
    asked(async () => {
      const api = new URL(host ?? `https://iot.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
      const signer = await client.config.signer();
      const signed = await signer.sign(
        {
          method: 'GET',
          protocol: api.protocol,
          hostname: api.hostname,
          ...(api.port === '' ? {} : { port: Number(api.port) }),
          path: '/endpoint',
          query: { endpointType: 'iot:Data-ATS' },
          headers: { host: api.host },
        },
        { signingService: 'iot', signingRegion: region },
      );
      const { host: _own, ...headers } = signed.headers;
      const answer = await fetch(new URL('/endpoint?endpointType=iot%3AData-ATS', api), {
        headers,
        signal: AbortSignal.timeout(10_000),
      }).catch((cause: unknown) => {
        throw new Failure('unavailable', `AWS IoT Core does not answer in ${region}: try again.`, { cause });
      });
      if (!answer.ok) throw refusal(answer);
      const described = Described.safeParse(await answer.json().catch(() => undefined));
      if (described.success) return `https://${described.data.endpointAddress}`;
      throw new Failure('bad-response', `AWS IoT Core in ${region} does not tell the address of your account.`);
    });

/** Named as the SDK names it, for the sentences about what AWS refuses. */
function refusal({ status, headers }: Response): Error {
  const [name = ''] = (headers.get('x-amzn-errortype') ?? '').split(':');
  const error = new Error('perform: iot:DescribeEndpoint');
  error.name = name === '' ? `HTTP ${status}` : name;
  return Object.assign(error, { $metadata: { httpStatusCode: status } });
}
