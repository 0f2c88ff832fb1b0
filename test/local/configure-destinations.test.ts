/** What `configure` asks about destinations, and the message by which they are tried. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, it, type TestContext } from 'node:test';
import { configure } from '../../functions/push-solar-data/local/configure.ts';
import { type Answer, type MockServer, playConversation } from '../support/conversation.ts';
import { adapterOf, registryOf } from '../support/sources.ts';
import { keys, openTerminal, type Terminal } from '../support/terminal.ts';

const where = /Where shall the figures go\?/;
const more = /Shall they go to another destination too\?/;
const right = /Is this what your home does right now/;
const menu = /What is to be changed\?/;

const stored = ({ ports: { file } }: Pick<Terminal, 'ports'>): string =>
  existsSync(file) ? readFileSync(file, 'utf8') : 'no file';

function configuring(t: TestContext, file?: string, args: string[] = []) {
  const terminal = openTerminal(t, registryOf(adapterOf()));
  if (file !== undefined) writeFileSync(terminal.ports.file, file);
  return { ...terminal, ended: configure(args, terminal.ports) };
}

/** Up to the question where the figures go. */
async function withEquipment(terminal: Terminal): Promise<void> {
  await terminal.answer(/Which equipment\?/);
}

async function receiver(t: TestContext, answer: Answer = {}): Promise<MockServer> {
  const server = await playConversation([{ method: 'POST', path: '/hook', answer }]);
  t.after(() => server.close());
  return server;
}

describe('the choice of destinations', () => {
  it('begins with Charge HQ, with what its owners should know', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.until(/❯ Charge HQ \(charge-hq\)/);
    await terminal.until(/seems to have closed in 2026; its users go to an MQTT broker, Home Assistant or evcc/);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('by title leads to what it needs, without any key of Charge HQ, and a real message tries it', async (t) => {
    const hook = await receiver(t);
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where, 'your webhook');
    await terminal.answer(more);
    await terminal.answer(/Shall each message be signed/, 'y');
    await terminal.until(/WEBHOOK_SECRET is made\. Give it to the receiver too/);
    const [secret = ''] = /whsec_[\w+/=]{44}/.exec(await terminal.until(/whsec_/)) ?? [];
    await terminal.answer(/WEBHOOK_URL: The whole address/, `${hook.url}/hook`);
    await terminal.answer(right);
    await terminal.answer(/Send this reading to Your webhook now, to try it\?/);
    await terminal.until(/Sent solar 4\.20 kW to Your webhook; it answered\./);
    assert.equal(await ended, 0);
    assert.equal(hook.received.length, 1);
    assert.match(JSON.stringify(hook.received[0]?.body), /"net_import_kw":-1\.5/);
    assert.ok(hook.received[0]?.headers['webhook-signature']);
    assert.match(
      stored(terminal),
      /^VENDOR=example\nDESTINATION=webhook\nWEBHOOK_URL=\S+\/hook\nWEBHOOK_SECRET=\S+\n$/,
    );
    assert.ok(stored(terminal).includes(secret) && secret !== '');
    assert.doesNotMatch(terminal.screen(), /CHARGE_HQ_API_KEY/);
  });

  it('takes several, each tried on its own', async (t) => {
    const hook = await receiver(t);
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where);
    await terminal.answer(more, 'y');
    await terminal.answer(/Where else\?/, 'webhook your');
    await terminal.answer(more);
    await terminal.answer(/CHARGE_HQ_API_KEY: Charge HQ web app/, 'my-own-key');
    await terminal.answer(/Shall each message be signed/);
    await terminal.answer(/WEBHOOK_URL: The whole address/, `${hook.url}/hook`);
    await terminal.answer(right);
    await terminal.answer(/Send this reading to Charge HQ now/, 'n');
    await terminal.answer(/Send this reading to Your webhook now/);
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^DESTINATION=charge-hq,webhook$/m);
    assert.equal(hook.received.length, 1);
  });

  it('gives a label to a second one of the same kind', async (t) => {
    const hook = await receiver(t);
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where, 'your webhook');
    await terminal.answer(more, 'y');
    await terminal.answer(/Where else\?/, 'your webhook');
    await terminal.answer(more);
    await terminal.answer(/Label of this webhook/, 'alert');
    for (const prefix of ['WEBHOOK', 'ALERT']) {
      await terminal.answer(/Shall each message be signed/);
      await terminal.answer(new RegExp(`${prefix}_URL: The whole address`), `${hook.url}/hook`);
    }
    await terminal.answer(right);
    await terminal.answer(/Send this reading to Your webhook now/);
    await terminal.answer(/Send this reading to Your webhook \(alert\) now/);
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^DESTINATION=webhook,alert:webhook$/m);
    assert.equal(hook.received.length, 2);
  });

  it("makes the id of Home Assistant's webhook, and shows it once", async (t) => {
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where, 'home assistant');
    await terminal.answer(more);
    await terminal.answer(/Shall an id for the webhook be made/);
    await terminal.answer(/Address of your Home Assistant/, 'http://ha.example.org');
    await terminal.until(/must be an address that begins with https/);
    terminal.type('\u0015');
    await terminal.answer(/Address of your Home Assistant/, 'https://ha.example.org/');
    const [, id] =
      /\n {2}([\w-]{32})\n/.exec(await terminal.until(/The webhook's id is made.*\n {2}[\w-]{32}\n/)) ?? [];
    await terminal.answer(right);
    await terminal.answer(/Send this reading to Home Assistant/, 'n');
    assert.equal(await ended, 0);
    assert.ok(stored(terminal).includes(`HOME_ASSISTANT_WEBHOOK_URL=https://ha.example.org/api/webhook/${id}\n`));
  });

  it('asks at AWS IoT Core for nothing that a broker needs, and without --aws for its address', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where, 'mqtt');
    await terminal.answer(more);
    await terminal.answer(/MQTT_URL: Address of the broker/, 'aws-iot');
    await terminal.answer(/MQTT_BASE_URL: For aws-iot/, 'https://abc-ats.iot.eu-central-1.amazonaws.com');
    await terminal.until(right);
    assert.doesNotMatch(terminal.screen(), /MQTT_(PASSWORD|CERT|CA|PROTOCOL)/);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('can be put off, and then what follows is said, and asked again the next time', async (t) => {
    const { ended, ...terminal } = configuring(t);
    await withEquipment(terminal);
    await terminal.answer(where, 'later');
    await terminal.until(/Until a destination is named nothing is sent anywhere/);
    await terminal.answer(right);
    await terminal.until(/nothing can be pushed yet/);
    await terminal.until(/npm run configure again names where they go/);
    assert.equal(await ended, 0);
    assert.equal(stored(terminal), 'VENDOR=example\n');
    const again = configuring(t, 'VENDOR=example\n');
    await again.choose(menu, /Nothing more/);
    await again.until(where);
    again.type(keys.ctrlC);
    await again.ended;
  });

  it('cannot be put off where the key of Charge HQ is set, which is told unless another is named', async (t) => {
    const { ended, ...terminal } = configuring(t, 'VENDOR=example\nCHARGE_HQ_API_KEY=my-own-key\n');
    await terminal.choose(menu, /Destinations \(DESTINATION\): charge-hq/);
    await terminal.until(where);
    terminal.type('later');
    await terminal.until(/No results found/i);
    terminal.type(keys.ctrlC);
    await ended;
  });

  it('can be made anew from the menu; what the others need is kept', async (t) => {
    const hook = await receiver(t);
    const file = 'VENDOR=example\nCHARGE_HQ_API_KEY=my-own-key\n';
    const { ended, ...terminal } = configuring(t, file);
    await terminal.choose(menu, /Destinations \(DESTINATION\): charge-hq/);
    await terminal.answer(where, 'your webhook');
    await terminal.answer(more);
    await terminal.answer(/Shall each message be signed/);
    await terminal.answer(/WEBHOOK_URL/, `${hook.url}/hook`);
    await terminal.answer(right);
    await terminal.answer(/Send this reading to Your webhook now/, 'n');
    assert.equal(await ended, 0);
    assert.match(stored(terminal), /^VENDOR=example\nCHARGE_HQ_API_KEY=my-own-key\nDESTINATION=webhook\nWEBHOOK_URL=/);
  });
});

describe('a destination whose settings do not fit together', () => {
  it('is named before the others are tried', async (t) => {
    const hook = await receiver(t);
    const mqtt = 'MQTT_URL=mqtts://broker.example.com:8883\nMQTT_EXPIRE_SECONDS=200.5\n';
    const file = `VENDOR=example\nDESTINATION=webhook,mqtt\nWEBHOOK_URL=${hook.url}/hook\n${mqtt}`;
    const { ended, ...terminal } = configuring(t, file);
    await terminal.choose(menu, /Nothing more/);
    await terminal.answer(right);
    await terminal.until(/MQTT_EXPIRE_SECONDS must be whole seconds/);
    await terminal.answer(/Send this reading to Your webhook now/);
    assert.equal(await ended, 0);
    assert.doesNotMatch(terminal.screen(), /Send this reading to MQTT/);
  });
});

describe('a destination that does not take the reading', () => {
  const file = (url: string) => `VENDOR=example\nDESTINATION=webhook\nWEBHOOK_URL=${url}/hook\n`;

  for (const [entry, expected] of [
    ['Leave everything as it was', /Nothing was changed/],
    ['Store the settings all the same', /Nothing was changed\.\nNext:/],
    ['Change a setting', menu],
  ] as const)
    it(`says why, and can be answered by: ${entry}`, async (t) => {
      const hook = await receiver(t, { status: 401 });
      const { ended, ...terminal } = configuring(t, file(hook.url));
      await terminal.choose(menu, /Nothing more/);
      await terminal.answer(right);
      await terminal.answer(/Send this reading to Your webhook now/);
      await terminal.until(/Your webhook refuses us.*check WEBHOOK_HEADERS/);
      await terminal.choose(/Not every destination took it\./, new RegExp(entry));
      await terminal.until(expected);
      if (entry === 'Change a setting') terminal.type(keys.ctrlC);
      await ended;
    });
});
