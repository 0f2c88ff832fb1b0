/** How a function that ticks each minute runs, whether for one home or for several: what they have in common. */
import { Duration } from 'aws-cdk-lib';
import { Architecture, LoggingFormat, Runtime } from 'aws-cdk-lib/aws-lambda';

export const tickFunction = {
  handler: 'handler.handler',
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  /** Below the minute, so that two ticks of a home never overlap. */
  timeout: Duration.seconds(55),
  retryAttempts: 0,
  maxEventAge: Duration.seconds(60),
  loggingFormat: LoggingFormat.JSON,
} as const;

/** Of a rule's target: a minute that has passed is not made up for. */
export const noRepeat = { retryAttempts: 0, maxEventAge: Duration.seconds(60) } as const;
