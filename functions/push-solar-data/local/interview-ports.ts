/** With what the owner is asked, and what the answers change. */
import type { Adapter } from '../adapters/adapter.ts';
import type { SettingTexts } from '../settings/settings-reader.ts';
import type { Find } from './discovery.ts';
import type { Registries } from './known-settings.ts';
import type { Questions } from './questions.ts';

/** The settings as they shall be, changed in place by the answers. */
export type Draft = SettingTexts;

export type InterviewPorts = Registries & {
  ask: Questions;
  /** Whether the settings are for the bridge on AWS. */
  aws: boolean;
  /** The home, where all its settings lie in its parameters there. */
  home?: string | undefined;
  /** What the cloud of a source can list, with the settings so far. */
  find: Find;
  /** Puts what the owner's consent yields into the draft, unless it is put off. */
  consent(label: string, adapter: Adapter, draft: Draft): Promise<void>;
  /** What the owner has put off: labels of sources that want a consent (or were given it), and `DESTINATION`. */
  putOff: Set<string>;
  /** Labels of sources whose cloud was searched for what is needed: what was left out of its lists is not asked again. */
  searched: Set<string>;
};
