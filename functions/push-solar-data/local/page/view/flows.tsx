/** What flows now: who feeds the home above, the home and its car below, and between them lines as thick as the powers. */
import { type ComponentChildren, Fragment } from 'preact';
import { useRef } from 'preact/hooks';
import type { Charge, Flow, FlowName, HomeState } from '../page-state.ts';
import { FlowLines } from './flow-lines.tsx';
import { Icon } from './icons.tsx';
import { agoOf, figureOf, kwhOf } from './wording.ts';

type Shown = { flows: HomeState['flows']; charge: Charge; now: number };

const feeders = ['grid', 'sun', 'battery'] as const;
const names: Record<FlowName, string> = { sun: 'Sun', home: 'Home', grid: 'Grid', battery: 'Battery', car: 'Car' };

export function Flows({ flows, charge, now }: Shown) {
  const scene = useRef<HTMLDivElement>(null);
  const present = feeders.filter((name) => flows[name].is !== 'absent');
  return (
    <div class="scene" ref={scene}>
      <FlowLines scene={scene} flows={flows} />
      <ul class="feeders">
        {present.map((name) => (
          <li key={name} class={classOf(name, flows[name])}>
            <Words name={name} flow={flows[name]} now={now}>
              {name === 'battery' && <ChargeWords charge={charge} />}
            </Words>
            <Disc name={name} charge={charge} />
          </li>
        ))}
      </ul>
      <ul class="users">
        {(['home', 'car'] as const)
          .filter((name) => flows[name].is !== 'absent')
          .map((name) => (
            <li key={name} class={classOf(name, flows[name])}>
              <Disc name={name} charge={charge} />
              <Words name={name} flow={flows[name]} now={now} />
            </li>
          ))}
      </ul>
    </div>
  );
}

const classOf = (name: FlowName, { is }: Flow): string => `node of-${name} is-${is}`;

type WordsOf = { name: FlowName; flow: Flow; now: number; children?: ComponentChildren };

function Words({ name, flow, now, children }: WordsOf) {
  if (flow.is === 'absent') return null;
  const { word, figure } = flow.is === 'known' ? figureOf(flow.words) : { word: flow.words };
  return (
    <div class="words">
      <span class="hidden">{names[name]}: </span>
      {/* Written out for whoever hears it: a sentence is not read in pieces. */}
      <span class="word">{word}</span> {figure && <strong class="figures">{figure}</strong>}
      {children}
      <span class="muted figures age">
        {ageOf(flow, now).map((part) => (
          <Fragment key={part}>
            <span>{part}</span>{' '}
          </Fragment>
        ))}
      </span>
    </div>
  );
}

/** In parts that stay on one line each. */
function ageOf(flow: Exclude<Flow, { is: 'absent' }>, now: number): string[] {
  if (flow.is === 'lacking') return flow.lastAt === undefined ? [] : ['last known', agoOf(flow.lastAt, now)];
  const { origin, measuredAt, toldAt } = flow;
  return measuredAt === undefined ? [`${origin},`, `told ${agoOf(toldAt, now)}`] : [origin, agoOf(measuredAt, now)];
}

function ChargeWords({ charge }: { charge: Charge }) {
  if (charge.is === 'absent') return null;
  const energy = charge.is === 'known' && charge.energy_kwh !== undefined ? `, ${kwhOf(charge.energy_kwh)}` : '';
  const words = charge.is === 'known' ? `${charge.percent.toFixed(1)} % full${energy}` : charge.words;
  return <span class="charge figures">{words}</span>;
}

/** Around the battery's a ring shows how full it is. */
const Disc = ({ name, charge }: { name: FlowName; charge: Charge }) => (
  <div class="disc" data-disc={name}>
    {name === 'battery' && charge.is === 'known' && (
      <svg class="ring" viewBox="0 0 100 100" aria-hidden="true">
        <circle cx="50" cy="50" r="46" pathLength="100" class="rest" />
        <circle cx="50" cy="50" r="46" pathLength="100" stroke-dasharray={`${charge.percent} 100`} />
      </svg>
    )}
    <Icon name={name} />
  </div>
);
