/** A home whose function was deployed, between its clouds: what the function's proof runs in. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { apiKey } from '../support/home.ts';
import { signedCallOf } from './aws-calls.ts';
import { sharedClock } from './clock.ts';
import { installation, playChargeHqOnce, playVictron } from './clouds.ts';
import { bootstrap, deploy, fetchFunction } from './deployment.ts';
import { startEmulator } from './emulator.ts';
import { type Instance, startInstance } from './instance.ts';
import { ownersParameters } from './parameters.ts';
import { witnessCalls } from './rights.ts';

/** The owner's access token of Victron VRM. */
export const token = 'token-of-the-owner-in-the-parameter-store';

export type DeployedHome = Awaited<ReturnType<typeof deployHome>>;

/** Starts everything and deploys. Call `reset` before each test, `stopInstances` after it, `close` at the end. */
export async function deployHome() {
  const clock = sharedClock();
  const victron = await playVictron(token, () => clock.now());
  const chargeHq = await playChargeHqOnce();
  const emulator = await startEmulator();
  const witness = await witnessCalls(emulator, signedCallOf);
  const parameters = ownersParameters(emulator, 'home');
  const instances: Instance[] = [];
  const folders: string[] = [];
  const close = async () => {
    witness.close();
    await Promise.all([emulator.stop(), victron.close(), chargeHq.close()]);
    clock.close();
    for (const folder of folders) rmSync(join(folder, '..'), { recursive: true });
  };
  try {
    await bootstrap(emulator);
    await deploy(emulator, {
      SITE: 'home',
      VENDOR: 'victron-vrm',
      VICTRON_VRM_ID_SITE: String(installation),
      VICTRON_VRM_BASE_URL: victron.url,
      CHARGE_HQ_URL: `${chargeHq.url}/api/public/push-solar-data`,
    });
    const deployed = await fetchFunction(emulator, 'solar-cloud-bridge-home');
    folders.push(deployed.folder);
    return {
      emulator,
      deployed,
      parameters,
      /** What the function asked of AWS. */
      witness,
      clock,
      victron,
      chargeHq,
      close,
      /** A new instance, a minute after whatever was before. */
      async coldStart(code = deployed): Promise<Instance> {
        clock.advance(60);
        const environment = { ...emulator.environment, AWS_ENDPOINT_URL: witness.url };
        const instance = await startInstance(code, environment, clock);
        instances.push(instance);
        return instance;
      },
      /** The next tick of an instance, a minute later. @returns its line in the log */
      async nextMinute(instance: Instance) {
        clock.advance(60);
        return (await instance.invoke()).lines[0];
      },
      /** The owner's two secrets and nothing else in the store, clouds that work, nothing noted. */
      async reset() {
        await parameters.clear();
        await parameters.putSecret('CHARGE_HQ_API_KEY', apiKey);
        await parameters.putSecret('VICTRON_VRM_ACCESS_TOKEN', token);
        Object.assign(victron, { token, mode: 'works' });
        for (const noted of [victron.received, chargeHq.received, chargeHq.pushes, witness.calls]) noted.length = 0;
      },
      async stopInstances() {
        await Promise.all(instances.splice(0).map((instance) => instance.stop()));
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
