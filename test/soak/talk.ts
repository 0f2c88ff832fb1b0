/** A home with one adapter, whose cloud gives the good answers of its conversation, day and dark by turns, at the times of the clock. */
import { withFigures } from '../conversations/adapter-conversation.ts';
import type { NamedConversation } from '../conversations/all.ts';
import { answerOf, fittest, isDark, isLogIn, moved } from '../conversations/replay.ts';
import { askedAgain } from '../faults/histories.ts';
import { openTestedHome } from '../faults/tested-home.ts';
import type { Answer, Exchange, Push } from '../support/conversation.ts';
import { apiKey, settingTexts } from '../support/home.ts';
import { secretsOfAnswer, secretsOfRequest } from '../support/leaks.ts';
import { registryOf } from '../support/sources.ts';
import { type Cloud, playCloud, type World } from './cloud.ts';
import { openSoakedHome } from './home.ts';
import { openReceiver } from './receivers.ts';
import { circumstancesAt, homeClockOf, type Stage, worldOf } from './stage.ts';
import { type Random, randomOf } from './trouble.ts';
import { verdictOnTalk } from './verdict.ts';

const minute = 60_000;

export async function openTalkHome(random: Random, of: NamedConversation): Promise<Stage> {
  const chances = () => randomOf(Math.floor(random.next() * 2 ** 32));
  const { talk } = askedAgain(of);
  const { adapter, conversation } = talk;
  const circumstances = circumstancesAt(Date.parse(conversation.now));
  const { clock } = circumstances;
  const cloud = await playTalk(chances(), worldOf(circumstances), talk);
  const chargeHq = await openReceiver(
    { label: 'charge-hq', usual: { json: {} }, pushOf: ({ body }) => body as Push },
    { random: chances(), now: () => clock.at, secrets: [apiKey] },
  );
  const filled = Object.entries(conversation.settings).map(([name, text]) => [
    name,
    text.replaceAll('{server}', cloud.url),
  ]);
  const environment = {
    VENDOR: adapter.vendor,
    CHARGE_HQ_API_KEY: apiKey,
    CHARGE_HQ_URL: `${chargeHq.url}/push`,
    ...settingTexts(adapter.vendor, { baseUrl: cloud.url, authUrl: cloud.url, ...Object.fromEntries(filled) }),
  };
  return Object.assign(circumstances, {
    ...{ name: `${of.name}: `, all: [cloud], receivers: [chargeHq], share: { twice: 0.01, ahead: 0.005 } },
    home: await openSoakedHome(environment, registryOf(adapter), homeClockOf(circumstances)),
    forgetful: [adapter.vendor] as [string],
    verdict: (push: Push) => verdictOnTalk(push, cloud, circumstances.tickAt),
    secrets: () => [apiKey, ...cloud.secrets()],
    async close() {
      await cloud.close();
      await chargeHq.close();
    },
  });
}

const unauthorized: Answer = { status: 401, json: {} };

async function playTalk(random: Random, world: World, talk: NamedConversation): Promise<Cloud> {
  const { name, adapter, conversation } = talk;
  const { exchanges, settings, dark } = conversation;
  const [now, live] = [Date.parse(conversation.now), exchanges.at(-1)];
  const told = { day: conversation.push, dark: await toldInTheDark(talk) };
  const lastLogIn = exchanges.findLastIndex((exchange) => exchange !== live && isLogIn(exchange));
  const known = [
    ...Object.entries(settings).flatMap(([setting, text]) => (adapter.settings[setting]?.secret ? [text] : [])),
    ...(conversation.secrets ?? []),
    ...exchanges.flatMap(({ answer }) => (typeof answer === 'function' ? [] : secretsOfAnswer(answer.json))),
  ];
  const whatIs = (exchange: Exchange | undefined, place: number) =>
    exchange === live ? 'live' : place === lastLogIn ? 'log-in' : 'other';
  let isEnded = false;
  const cloud = await playCloud(
    ...([random, world, name, undefined] as const),
    (received) => {
      const exchange = fittest(exchanges, received);
      const place = exchange ? exchanges.indexOf(exchange) : exchanges.length;
      if (place === lastLogIn) isEnded = false;
      const what = whatIs(exchange, place);
      if (!exchange || (isEnded && place > lastLogIn)) return { what, isEnded: true, answer: () => unauthorized };
      const [at, changes] = isDark(world.tickAt()) ? [told.dark, dark] : [told.day, {}];
      const laterMs = Math.floor((world.tickAt() - now) / minute) * minute;
      return {
        what,
        answer: () => moved(answerOf(exchange, received), changes, now, laterMs),
        shows: { ...at.siteMeters, ...(at.tsms === undefined ? {} : { tsms: at.tsms + laterMs }) },
      };
    },
    { isWhole: true, secondsAfterTooMany: conversation.secondsAfterTooMany },
  );
  return Object.assign(cloud, {
    secrets: () => [...known, ...cloud.received.flatMap(secretsOfRequest)],
    endSessions() {
      isEnded = lastLogIn >= 0;
    },
  });
}

/** What the adapter makes of the other figures in calm weather. */
async function toldInTheDark(talk: NamedConversation): Promise<Push> {
  const { dark } = talk.conversation;
  const answer = ({ json, ...rest }: Answer) =>
    json === undefined ? undefined : { ...rest, json: withFigures(json, dark) };
  const calm = await openTestedHome(talk, { answer }, 'every call');
  try {
    calm.strike('answers');
    await calm.tick();
    return calm.chargeHq.pushes[0] ?? { apiKey };
  } finally {
    await calm.close();
  }
}
