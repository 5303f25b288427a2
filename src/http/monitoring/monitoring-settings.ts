import { misconfigured } from '../core/misconfigured.ts';

/** What of the requests to `/graphql` is worth a look. */
export interface MonitoringSettings {
  /** A request that takes longer is slow: milliseconds from its arrival to its answer, at least 1. Default 1,000. */
  readonly slowMs: number;
  /** So is one for which shards read more rows, at least 1. Default 10,000. */
  readonly slowRowsRead: number;
}

const DEFAULTS: MonitoringSettings = { slowMs: 1_000, slowRowsRead: 10_000 };

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError INTERNAL_SERVER_ERROR that names the setting unless every value is a whole number from 1 on.
 */
export function toMonitoringSettings(given: Partial<MonitoringSettings>): MonitoringSettings {
  for (const [name, value] of Object.entries<unknown>(given)) {
    if (!(name in DEFAULTS)) {
      throw misconfigured(`Expected monitoring to be ${Object.keys(DEFAULTS).join(', ')}, but got ${name}.`);
    }
    if (value !== undefined && !(Number.isInteger(value) && (value as number) >= 1)) {
      throw misconfigured(`Expected monitoring.${name} to be a whole number from 1 on, but got ${value}.`);
    }
  }
  const { slowMs = DEFAULTS.slowMs, slowRowsRead = DEFAULTS.slowRowsRead } = given;
  return { slowMs, slowRowsRead };
}
