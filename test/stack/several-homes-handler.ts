/** Stands for the function of several homes as far as its weight goes: that of one home, and the table. */
export { handler } from '../../functions/push-solar-data/handler.ts';

export const openTable = async () => {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  return new DynamoDBClient();
};
