/** What a minute of many homes takes, each number in its one place. Most are assumed, and plenty, until they are measured. */

/** Of one invocation, which ticks up to 25 homes side by side. */
export const measuredShard = {
  /** Billed time with one home, whose vendor takes its time, and what each further home adds: mostly its share of a slow processor. */
  secondsOfOneHome: 1.5,
  secondsOfEachFurther: 0.1,
  /** Lambda's own lines about an invocation. */
  platformBytes: 700,
  metricLineBytes: 1_000,
  /** AWS renews an instance every few hours, also of a function that is always at work. */
  coldStartsADay: 12,
};

/** Of one home, in the mean: some clouds are asked each minute, others every five. */
export const measuredHome = {
  /** In the log, for a tick in which all is well: 300 to 700 bytes. */
  lineBytes: 550,
  /** What the line has beyond that where something is wrong, and how many ticks that concerns. */
  troubledBytes: 2_000,
  troubledShare: 0.02,
  /** To vendors and destinations, a tick: requests, and the begin of connections that were closed since. */
  sentBytes: 2_200,
  /** Parameters that are encrypted and belong to its settings. */
  secureStrings: 4,
  /** Of a cloud whose token lives an hour. */
  logInWritesAMonth: 750,
  /** Of all that is no log-in: hourly, oftener for clouds that may be asked seldom. */
  stateWritesAMonth: 1_750,
  /** Its item, where state lies in a table. */
  itemKilobytes: 3,
};

/** How often somebody looks at the dashboard of a stack. */
export const looksAMonth = 60;
