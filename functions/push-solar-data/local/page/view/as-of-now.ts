/** What was told to the page, as far as it may still be taken for now. Pure. */
import type { Flow, FlowName, HomeState } from '../page-state.ts';

/** Ticks come each minute; after so long without any the figures are not those of now, ms. */
export const silenceMs = 180_000;

const unknown: Record<FlowName, string> = {
  sun: 'solar power unknown',
  home: 'consumption unknown',
  grid: 'grid power unknown',
  battery: 'battery power unknown',
  car: 'charging unknown',
};

/** @param heardMs for how long the bridge has said nothing. */
export function asOfNow(state: HomeState, heardMs: number): HomeState {
  if (heardMs < silenceMs) return state;
  const { flows, charge } = state;
  const old = (name: FlowName): Flow => {
    const flow = flows[name];
    return flow.is === 'known' ? { is: 'lacking', words: unknown[name], lastAt: flow.toldAt } : flow;
  };
  return {
    ...state,
    flows: { sun: old('sun'), home: old('home'), grid: old('grid'), battery: old('battery'), car: old('car') },
    charge: charge.is === 'known' ? { is: 'lacking', words: 'charge unknown' } : charge,
  };
}
