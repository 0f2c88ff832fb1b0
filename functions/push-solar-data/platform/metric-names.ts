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
