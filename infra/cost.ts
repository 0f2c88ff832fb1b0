/** What a site costs on AWS each month: counts against the always-free tier, and prices beyond it. */

/** How much of everything one site uses in a month. */
export type Usage = {
  invocations: number;
  gigabyteSeconds: number;
  logGigabytes: number;
  customMetrics: number;
  alarms: number;
  dashboards: number;
  /** Encryptions and decryptions of SecureStrings. */
  kmsRequests: number;
};

/** Free for ever per account and month, and US dollars for one more. N. Virginia's prices of 2026; other regions lie up to a third higher. */
export type Price = { what: string; free: number; dollars: number };

export const prices: Record<keyof Usage, Price> = {
  invocations: { what: 'Lambda: requests', free: 1_000_000, dollars: 0.2 / 1_000_000 },
  gigabyteSeconds: { what: 'Lambda: GB-seconds', free: 400_000, dollars: 0.0000133334 },
  logGigabytes: { what: 'CloudWatch: log, GB', free: 5, dollars: 0.5 },
  customMetrics: { what: 'CloudWatch: custom metrics', free: 10, dollars: 0.3 },
  alarms: { what: 'CloudWatch: alarms', free: 10, dollars: 0.1 },
  dashboards: { what: 'CloudWatch: dashboards', free: 3, dollars: 3 },
  kmsRequests: { what: 'KMS: requests', free: 20_000, dollars: 0.03 / 10_000 },
};

export const daysAMonth = 30.5;

/** What a tick of a site was measured to take, and what its stack holds. */
export type Measured = {
  memoryMegabytes: number;
  /** Billed time of a tick, with a vendor that takes its time. */
  tickSeconds: number;
  logBytesPerTick: number;
  customMetrics: number;
  alarms: number;
  dashboards: number;
  secureStrings: number;
  /** Of log-ins, which alone are encrypted. */
  logInWritesAMonth: number;
  coldStartsADay: number;
};

/** One home with its ten metrics, a dashboard, and a cloud whose token lives an hour. */
export const typicalSite: Measured = {
  memoryMegabytes: 256,
  tickSeconds: 1.5,
  logBytesPerTick: 2_500,
  customMetrics: 10,
  alarms: 3,
  dashboards: 1,
  secureStrings: 6,
  logInWritesAMonth: 750,
  coldStartsADay: 24,
};

/** A home that is told to several destinations: each after the first has a metric and an alarm of its own. */
export const withDestinations = (site: Measured, count: number): Measured => ({
  ...site,
  customMetrics: site.customMetrics + count - 1,
  alarms: site.alarms + count - 1,
});

/** What requests to the address of a feed take. */
export type MeasuredFeed = {
  memoryMegabytes: number;
  /** How often its readers ask, all together. */
  requestsAMinute: number;
  /** Billed time of a request, with its share of cold starts and of looks into the store: assumed, and plenty. */
  requestSeconds: number;
};

/** Two readers, each every 30 seconds. Requests leave no line in the log. */
export const typicalFeed: MeasuredFeed = { memoryMegabytes: 128, requestsAMinute: 4, requestSeconds: 0.1 };

/** @param feed of a home that has one. */
export function usageOf(site: Measured, feed?: MeasuredFeed): Usage {
  const invocations = 24 * 60 * daysAMonth;
  const requests = feed ? invocations * feed.requestsAMinute : 0;
  const requestGigabyteSeconds = feed ? requests * feed.requestSeconds * (feed.memoryMegabytes / 1024) : 0;
  return {
    invocations: invocations + requests,
    gigabyteSeconds: invocations * site.tickSeconds * (site.memoryMegabytes / 1024) + requestGigabyteSeconds,
    logGigabytes: (invocations * site.logBytesPerTick) / 1e9,
    customMetrics: site.customMetrics,
    alarms: site.alarms,
    dashboards: site.dashboards,
    kmsRequests: site.coldStartsADay * daysAMonth * site.secureStrings + site.logInWritesAMonth,
  };
}

/** US dollars a month for so many sites in one account, each in a stack of its own, in all and by kind. */
export const monthlyDollars = (usage: Usage, sites: number): Record<keyof Usage | 'total', number> =>
  billOf(prices, usage, sites);

/** @param times how often it is used. */
export function billOf<Kind extends string>(
  of: Record<Kind, Price>,
  usage: Record<Kind, number>,
  times = 1,
): Record<Kind | 'total', number> {
  const each = (Object.keys(of) as Kind[]).map((kind) => {
    const beyond = Math.max(0, usage[kind] * times - of[kind].free);
    return [kind, beyond * of[kind].dollars] as const;
  });
  const total = each.reduce((sum, [, dollars]) => sum + dollars, 0);
  return { ...(Object.fromEntries(each) as Record<Kind, number>), total } as Record<Kind | 'total', number>;
}
