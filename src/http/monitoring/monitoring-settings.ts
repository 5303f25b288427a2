import { misconfigured } from '../core/misconfigured.ts';

/** What of the requests to `/graphql` is worth a look, and who may see whose they are. */
export interface MonitoringSettings {
  /** A request that takes longer is slow: milliseconds from its arrival to its answer, at least 1. Default 1,000. */
  readonly slowMs: number;
  /** So is one for which shards read more rows, at least 1. Default 10,000. */
  readonly slowRowsRead: number;
  /**
   * `/metrics` tells what each shard key costs. They are values of rows, such as e-mail addresses, and a collector stores them.
   * Default false: `/operator` alone tells it.
   */
  readonly tellsShardKeys: boolean;
}

const DEFAULTS: MonitoringSettings = { slowMs: 1_000, slowRowsRead: 10_000, tellsShardKeys: false };

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError INTERNAL_SERVER_ERROR that names the setting unless every value is of its type: true or false, or a whole number from 1 on.
 */
export function toMonitoringSettings(given: Partial<MonitoringSettings>): MonitoringSettings {
  for (const [name, value] of Object.entries<unknown>(given)) {
    if (!Object.hasOwn(DEFAULTS, name)) {
      throw misconfigured(`Expected monitoring to be ${Object.keys(DEFAULTS).join(', ')}, but got ${name}.`);
    }
    const isSwitch = name === 'tellsShardKeys';
    const fits = isSwitch ? typeof value === 'boolean' : Number.isInteger(value) && (value as number) >= 1;
    if (value !== undefined && !fits) {
      const expected = isSwitch ? 'true or false' : 'a whole number from 1 on';
      throw misconfigured(`Expected monitoring.${name} to be ${expected}, but got ${value}.`);
    }
  }
  const { slowMs, slowRowsRead, tellsShardKeys } = given;
  return {
    slowMs: slowMs ?? DEFAULTS.slowMs,
    slowRowsRead: slowRowsRead ?? DEFAULTS.slowRowsRead,
    tellsShardKeys: tellsShardKeys ?? DEFAULTS.tellsShardKeys,
  };
}
