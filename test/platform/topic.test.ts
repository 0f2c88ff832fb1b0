/** Mails through the topic of SNS, against a local stand-in for its API. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { openTopic } from '../../functions/push-solar-data/platform/topic.ts';

const topicArn = 'arn:aws:sns:eu-central-1:123456789012:mail';
const published = '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';

async function withTopic(answer: { status: number; body: string }, work: (bodies: string[]) => Promise<void>) {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    bodies.push(body);
    response.writeHead(answer.status, { 'content-type': 'text/xml' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const environment = { ...process.env };
  Object.assign(process.env, {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_SNS: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });
  try {
    await work(bodies);
  } finally {
    process.env = environment;
    await new Promise((resolve) => server.close(resolve));
  }
}

describe('a mail through the topic', () => {
  it('has its subject and its text', async () => {
    await withTopic({ status: 200, body: published }, async (bodies) => {
      await openTopic(topicArn).send({ subject: 'cabin without figures', text: 'cabin: no figures\n  since noon' });
      const sent = new URLSearchParams(bodies[0]);
      assert.deepEqual(
        [sent.get('Action'), sent.get('TopicArn'), sent.get('Subject'), sent.get('Message')],
        ['Publish', topicArn, 'cabin without figures', 'cabin: no figures\n  since noon'],
      );
    });
  });

  it('that is refused is told', async () => {
    const body = '<ErrorResponse><Error><Type>Sender</Type><Code>AuthorizationError</Code></Error></ErrorResponse>';
    await withTopic({ status: 403, body }, async () => {
      await assert.rejects(openTopic(topicArn).send({ subject: 's', text: 't' }), { name: /AuthorizationError/ });
    });
  });
});
