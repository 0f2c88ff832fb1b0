/** With what the owner is asked, and what the answers change. */
import type { Adapter } from '../adapters/adapter.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Registries } from './known-settings.ts';
import type { Questions } from './questions.ts';

/** The settings as they shall be, changed in place by the answers. */
export type Draft = SettingTexts;

export type InterviewPorts = Registries & {
  ask: Questions;
  /** Whether the settings are for the bridge on AWS. */
  aws: boolean;
  /** Puts what the owner's consent yields into the draft, unless it is put off. */
  consent(label: string, adapter: Adapter, draft: Draft): Promise<void>;
  /** Labels of sources whose owner was asked for a consent: it was given, or is put off. */
  askedToConsent: Set<string>;
};
