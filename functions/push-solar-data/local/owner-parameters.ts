/** The parameters of a site as their owner changes them, from a machine with AWS credentials of its own. */
import { DeleteParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { createParameterStore } from '../persistence/parameter-store.ts';
import type { WholeStore } from '../persistence/store.ts';
import { parameterPath, type SettingTexts } from '../settings/settings-reader.ts';
import { accountOf, asked, askedOfStore, regionOf } from './aws-account.ts';

export type OwnerParameters = {
  /** `AWS (ap-southeast-2) under /solar-cloud-bridge/home/`, for sentences. */
  place: string;
  /** As they were when they were opened, decrypted. */
  texts: SettingTexts;
  state: WholeStore;
  region: string;
  /** A secret as a SecureString. @throws Failure `settings`, `auth` or `unavailable` */
  put(setting: { name: string; secret: boolean }, text: string): Promise<void>;
  /** @throws Failure `settings`, `auth` or `unavailable` */
  remove(name: string): Promise<void>;
};

/** A standard parameter holds 4 KB; larger ones are kept as advanced ones, which cost some cents a month. */
const standardBytes = 4096;

/**
 * @param texts of the environment and `.env`, which may name a region and a profile.
 * @throws Failure `settings`, `auth` or `unavailable`, with what to do.
 */
export async function openOwnerParameters(site: string, texts: SettingTexts): Promise<OwnerParameters> {
  const requestHandler = { connectionTimeout: 5_000, requestTimeout: 10_000 };
  const client = new SSMClient({ ...accountOf(texts).client, requestHandler });
  const path = parameterPath(site);
  const region = await regionOf(client);
  const store = createParameterStore(site, client);
  return {
    place: `AWS (${region}) under ${path}/`,
    texts: await askedOfStore(store.load),
    state: store.state,
    region,
    put: ({ name, secret }, text) =>
      asked(async () => {
        const Type = secret ? 'SecureString' : 'String';
        const Tier = Buffer.byteLength(text) > standardBytes ? 'Advanced' : 'Standard';
        const Name = `${path}/${name}`;
        await client.send(new PutParameterCommand({ Name, Value: text, Tier, Type, Overwrite: true }));
      }),
    remove: (name) =>
      asked(async () => {
        await client.send(new DeleteParameterCommand({ Name: `${path}/${name}` }));
      }),
  };
}
