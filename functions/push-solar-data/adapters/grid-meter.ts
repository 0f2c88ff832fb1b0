/** Which device of a fleet has the clamp at the grid, as owners say it: `auto`, `none`, or serial numbers. */
import * as z from 'zod/mini';
import { list } from '../settings/setting.ts';
import type { Choice } from './only.ts';

/** `none` is an empty list. Default: `auto`. */
export const gridMeter = z._default(
  z.pipe(
    list,
    z.transform((words) => {
      const word = words.join().toLowerCase();
      if (word === 'auto') return word;
      return word === 'none' ? [] : words;
    }),
  ),
  'auto',
);

/** For a home with several devices: what mostly does first. */
export const meterChoices = (devices: readonly Choice[]): Choice[] => [
  { value: 'auto', title: 'as the figures show it' },
  ...devices,
  { value: 'none', title: 'no meter or clamp at the grid' },
];
