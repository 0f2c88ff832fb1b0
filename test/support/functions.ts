/** A local stand-in for Lambda's API, as far as the owner's commands ask it: what stands in a function's environment. */
import { type MockServer, playConversation } from './conversation.ts';

/** @param environments by the name behind `solar-cloud-bridge-`; undefined for a function that is not there. */
export const playFunctions = (environments: Record<string, Record<string, string> | undefined>): Promise<MockServer> =>
  playConversation(
    Object.entries(environments).map(([name, Variables]) => ({
      path: `/2015-03-31/functions/solar-cloud-bridge-${name}/configuration`,
      answer: Variables
        ? { json: { Environment: { Variables } } }
        : { status: 404, headers: { 'x-amzn-errortype': 'ResourceNotFoundException' }, json: { Type: 'User' } },
    })),
  );
