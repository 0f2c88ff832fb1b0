/** The names of the metrics, for those who write them and those who draw them. */

export const metricNamespace = 'SolarCloudBridge';

/**
 * The metrics of a site; ten, because ten are free. `Pushed` is 1 or 0 for each tick that had something to tell, so its
 * average is the share that succeeded; `Failed` counts those that could not be told at all.
 */
export const metricNames = {
  pushed: 'Pushed',
  failed: 'Failed',
  warnings: 'Warnings',
  age: 'AgeSeconds',
  residual: 'ResidualKilowatts',
  production_kw: 'ProductionKilowatts',
  net_import_kw: 'NetImportKilowatts',
  consumption_kw: 'ConsumptionKilowatts',
  battery_discharge_kw: 'BatteryDischargeKilowatts',
  battery_soc: 'BatteryStateOfChargePercent',
} as const;

/**
 * One more for each destination after the first, with its label as a dimension: 1 for a message that it did not take, 0
 * for one that it took.
 */
export const destinationFailed = 'DestinationFailed';

/**
 * The metrics of a stack of several homes, ten at most for any number of homes; its name is their dimension `service`.
 * Each counts homes in one minute, unless its name says another unit.
 */
export const stackMetricNames = {
  /** Whose tick was over in time. */
  homes: 'Homes',
  /** Of which the first destination has had no reading for a quarter of an hour, or for two polls of a slow cloud. */
  silent: 'SilentHomes',
  /** Whose last tick with anything to tell told an error, or could not tell it. */
  failing: 'FailingHomes',
  /** Whose figures looked doubtful in this tick. */
  doubtful: 'DoubtfulHomes',
  /** In which the bridge itself made an error. */
  bugs: 'Bugs',
  oldestAge: 'OldestAgeSeconds',
  /** From the begin of the minute's run until the last home was told. */
  told: 'ToldSeconds',
  /** With a further destination that did not take its message. */
  destinationFailures: 'DestinationFailures',
} as const;
