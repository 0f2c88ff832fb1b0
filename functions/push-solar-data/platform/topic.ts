/** The topic of SNS whose subscribers get mails. Its client is loaded by the first one. */

export type Topic = {
  /** @param subject fewer than 100 characters of ASCII. @throws an error of the SDK */
  send(mail: { subject: string; text: string }): Promise<void>;
};

export const openTopic = (TopicArn: string): Topic => ({
  async send({ subject, text }) {
    const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
    const client = new SNSClient({
      maxAttempts: 2,
      requestHandler: { connectionTimeout: 2_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
    });
    try {
      await client.send(new PublishCommand({ TopicArn, Subject: subject, Message: text }));
    } finally {
      client.destroy();
    }
  },
});
