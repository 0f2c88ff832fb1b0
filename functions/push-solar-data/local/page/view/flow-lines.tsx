/** The lines of the flows, drawn between the discs wherever these stand. */
import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';
import type { Flow, FlowName, HomeState } from '../page-state.ts';

type Disc = { x: number; y: number; r: number };
type Point = { x: number; y: number };
type Places = { width: number; height: number; discs: Partial<Record<FlowName, Disc>> };

/** px; a line of `fullPower_kw` or the greatest power is the thickest. */
const thickness = { least: 3, most: 15 };
const fullPower_kw = 5;

export function FlowLines({ scene, flows }: { scene: RefObject<HTMLElement | null>; flows: HomeState['flows'] }) {
  const places = usePlaces(scene, flows);
  const { home } = places.discs;
  if (!home) return null;
  const most = Math.max(
    fullPower_kw,
    ...Object.values(flows).map((flow) => (flow.is === 'known' ? Math.abs(flow.kw) : 0)),
  );
  return (
    <svg class="lines" viewBox={`0 0 ${places.width} ${places.height}`} aria-hidden="true">
      {(['grid', 'sun', 'battery', 'car'] as const).map((name) => {
        const disc = places.discs[name];
        const flow = flows[name];
        if (!disc || flow.is === 'absent') return null;
        return <Line key={name} name={name} flow={flow} curve={curveOf(disc, home, name === 'car')} most={most} />;
      })}
    </svg>
  );
}

type LineOf = { name: FlowName; flow: Exclude<Flow, { is: 'absent' }>; curve: Curve; most: number };

function Line({ name, flow, curve, most }: LineOf) {
  const path = pathOf(curve);
  if (flow.is === 'lacking') return <path class={`line of-${name} is-lacking`} d={path} />;
  // A car is fed by the home: for it, `away` is from the home on as well.
  const isFromHome = name === 'car' || flow.direction === 'away';
  const isFlowing = flow.direction !== 'none';
  const share = Math.min(1, Math.abs(flow.kw) / most);
  const width = isFlowing ? thickness.least + (thickness.most - thickness.least) * share : 1.5;
  return (
    <g class={`line of-${name} ${isFlowing ? '' : 'is-still'}`} data-line={name}>
      <path class="bed" d={path} stroke-width={width} />
      {isFlowing && (
        <>
          <path
            class={`dots ${isFromHome ? 'from-home' : ''} pace-${Math.ceil(share * 4) || 1}`}
            d={path}
            stroke-width={Math.max(2.5, width * 0.5)}
          />
          <Arrow curve={curve} isFromHome={isFromHome} />
        </>
      )}
    </g>
  );
}

/** Says the direction without colour and without movement. */
function Arrow({ curve, isFromHome }: { curve: Curve; isFromHome: boolean }) {
  const [at, before, after] = [0.5, 0.47, 0.53].map((share) => pointOn(curve, share)) as [Point, Point, Point];
  const turn = (Math.atan2(after.y - before.y, after.x - before.x) * 180) / Math.PI + (isFromHome ? 180 : 0);
  return (
    <g class="arrow" transform={`translate(${at.x} ${at.y}) rotate(${turn})`}>
      <circle r="11" />
      <path d="M-2.5 -5l5 5l-5 5" />
    </g>
  );
}

type Curve = [Point, Point, Point, Point];

/** From under a feeder into the upper half of the home; a car stands beside the home. */
function curveOf(disc: Disc, home: Disc, isBeside: boolean): Curve {
  const side = Math.abs(disc.x - home.x) < home.r / 2 ? 0 : Math.sign(disc.x - home.x);
  const angle = isBeside ? (side < 0 ? Math.PI : 0) : -Math.PI / 2 + side * 0.95;
  const edge = (distance: number): Point => ({
    x: home.x + Math.cos(angle) * (home.r + distance),
    y: home.y + Math.sin(angle) * (home.r + distance),
  });
  const end = edge(5);
  if (isBeside) {
    const start = { x: disc.x - side * (disc.r + 5), y: disc.y };
    return [start, start, end, end];
  }
  const start = { x: disc.x, y: disc.y + disc.r + 5 };
  const height = end.y - start.y;
  const reach = Math.min(Math.abs(disc.x - home.x) * 0.5, 150);
  return [start, { x: start.x, y: start.y + height * 0.75 }, edge(reach * 0.7), end];
}

const pathOf = ([start, first, second, end]: Curve): string =>
  `M${start.x} ${start.y}C${first.x} ${first.y} ${second.x} ${second.y} ${end.x} ${end.y}`;

function pointOn([start, first, second, end]: Curve, t: number): Point {
  const rest = 1 - t;
  const at = (axis: 'x' | 'y') =>
    rest ** 3 * start[axis] + 3 * rest ** 2 * t * first[axis] + 3 * rest * t ** 2 * second[axis] + t ** 3 * end[axis];
  return { x: at('x'), y: at('y') };
}

/** Where the discs stand; looked at again when the page changes its size or shows others. */
function usePlaces(scene: RefObject<HTMLElement | null>, flows: HomeState['flows']): Places {
  const [places, setPlaces] = useState<Places>({ width: 0, height: 0, discs: {} });
  const shown = Object.values(flows)
    .map(({ is }) => is)
    .join();
  useLayoutEffect(() => {
    const element = scene.current;
    if (!element) return;
    const look = () => setPlaces(placesIn(element));
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [scene, shown]);
  return places;
}

function placesIn(scene: HTMLElement): Places {
  const { left, top, width, height } = scene.getBoundingClientRect();
  const discs: Places['discs'] = {};
  for (const disc of scene.querySelectorAll<HTMLElement>('[data-disc]')) {
    const box = disc.getBoundingClientRect();
    discs[disc.dataset['disc'] as FlowName] = {
      x: box.left + box.width / 2 - left,
      y: box.top + box.height / 2 - top,
      r: box.width / 2,
    };
  }
  return { width, height, discs };
}
