/** A stack of several homes for tests, with a function of no code. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HomesStack, type HomesStackProps } from '../../infra/homes-stack.ts';

const code = mkdtempSync(join(tmpdir(), 'code-'));
writeFileSync(join(code, 'handler.mjs'), 'export const handler = () => {};\n');
after(() => rmSync(code, { recursive: true }));

/** The longest name that a home may have. */
export const longestName = (nth: number): string => `h${String(nth).padStart(40, '0')}`;

export const namesOf = (count: number): string[] => Array.from({ length: count }, (_, nth) => `home-${nth + 1}`);

export function homesStackOf(props: Partial<HomesStackProps> = {}, app = new App()): HomesStack {
  const stack = props.stack ?? 'village';
  return new HomesStack(app, `SolarCloudBridge-${stack}`, {
    ...{ stack, sites: ['home', 'cabin'], stateStore: 'parameters', metricsOf: [], code },
    ...props,
  });
}
export const homesTemplateOf = (props: Partial<HomesStackProps> = {}): Template =>
  Template.fromStack(homesStackOf(props));
