/** The home of the demo: the simulated one with a car in front of it, which charges as somebody steers it. */
import { brightness, type Place, type SimulatedHome, simulatedHome, simulatedMinute } from '../adapters/simulator.ts';
import type { Reading, SiteMeters } from '../core/reading.ts';

const dayMs = 86_400_000;
const minutesPerHour = 60;

/** On one phase, kW: 6 A are the least that a car takes, 32 A the most that a wallbox gives. */
const leastCharge_kw = 1.4;
const mostCharge_kw = 7.4;
/** What the car lacks at first, what it drives each day, and what its battery holds at most, kWh. */
const lacking_kwh = 15;
const driven_kwh = 12;
const most_kwh = 40;
/** Below it the battery of the home comes first. */
const priorityCharge = 0.5;

export type DemoHome = {
  /** Without its car. */
  simulated: SimulatedHome;
  /** A minute goes by. @param at its begin, ms since the epoch. */
  read(at: number): Reading;
  /** Whoever is told the figures decides with how much the car charges from now on. */
  steer(figures: SiteMeters): void;
  /** `power_kw` is what it draws from now on, `drawn_kw` what it drew in the last minute. */
  readonly car: Readonly<{ power_kw: number; drawn_kw: number; lacking_kwh: number }>;
};

/** @param begins on a bright day, ms since the epoch; the next ones are as they come. */
export function openDemoHome(begins: number, place: Place): DemoHome {
  const home: SimulatedHome = { seed: brightSeed(begins, place), peakKw: 8, batteryKwh: 10, place };
  let energy = (simulatedHome(begins, home).battery_soc ?? 0) * home.batteryKwh;
  let day = dayOf(begins, place);
  const car = { power_kw: 0, drawn_kw: 0, lacking_kwh };
  return {
    simulated: home,
    car,
    read(at) {
      if (dayOf(at, place) > day) car.lacking_kwh = Math.min(most_kwh, car.lacking_kwh + driven_kwh);
      day = dayOf(at, place);
      const minute = simulatedMinute(at, home, energy, car.power_kw);
      energy = minute.energy;
      car.drawn_kw = car.power_kw;
      car.lacking_kwh = Math.max(0, car.lacking_kwh - car.power_kw / minutesPerHour);
      return minute.reading;
    },
    steer(figures) {
      car.power_kw = car.lacking_kwh > 0 ? chargeFor(spare(figures, car.power_kw)) : 0;
    },
  };
}

/** Sun that nothing else needs, kW: what is exported, what the car has already, and what a battery takes that is not first. */
export function spare(figures: SiteMeters, car_kw: number): number {
  const { net_import_kw = 0, battery_discharge_kw = 0, battery_soc = 1 } = figures;
  const isBatteryFirst = battery_soc < priorityCharge;
  return car_kw - net_import_kw - (isBatteryFirst ? Math.max(0, battery_discharge_kw) : battery_discharge_kw);
}

const chargeFor = (power_kw: number): number =>
  power_kw < leastCharge_kw ? 0 : Math.round(Math.min(mostCharge_kw, power_kw) * 10) / 10;

const dayOf = (at: number, { aheadMs }: Place): number => Math.floor((at + aheadMs) / dayMs);

/** One with a day for the sun. */
function brightSeed(at: number, place: Place): number {
  const seeds = Array.from({ length: 50 }, (_, index) => index + 1);
  return seeds.find((seed) => brightness(at, { seed, place }) > 0.85) ?? 1;
}
