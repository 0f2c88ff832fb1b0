/** What stands in the environment of deployed functions. AWS's client is loaded when the first is asked for. */
import { type Account, asked } from './aws-account.ts';

/** The variables of a function; undefined if it is not there. @throws Failure */
export type LookUpEnvironment = (functionName: string) => Promise<Record<string, string> | undefined>;

export function environmentsAt({ client }: Account): LookUpEnvironment {
  let opened: ReturnType<typeof open> | undefined;
  const open = async () => {
    const calls = await import('@aws-sdk/client-lambda');
    return { ...calls, lambda: new calls.LambdaClient(client) };
  };
  return async (FunctionName) => {
    opened ??= open();
    const { lambda, GetFunctionConfigurationCommand, ResourceNotFoundException } = await opened;
    return asked(async () => {
      try {
        const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
        return Environment?.Variables ?? {};
      } catch (error) {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      }
    });
  };
}
