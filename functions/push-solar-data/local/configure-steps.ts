/** The steps between which an interview goes back and forth. */
import type { KnownSetting } from './known-settings.ts';

export type Step =
  | { to: 'equipment' | 'add-source' | 'destinations' | 'menu' | 'check' | 'store' | 'leave' }
  /** `correct`: of one source, what it logs in with, or what of it is measured. */
  | { to: 'replace-source' | 'remove-source' | 'correct-log-in' | 'correct-figures'; label: string }
  | { to: 'setting'; setting: KnownSetting };
