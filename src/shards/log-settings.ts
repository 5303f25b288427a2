import { ShardQLError } from './errors.ts';

/** How much of its past a shard keeps in its log. A total value: made once by {@link toLogSettings}. */
export interface LogSettings {
  /** Changes of this age are trimmed, in days: more than 0, at most 3,650. Default 7. */
  readonly maxAgeDays: number;
  /** A log of this size is trimmed, oldest changes first, in bytes: 100,000 to 8,000,000,000. Default 1,000,000,000. */
  readonly maxBytes: number;
}

const DEFAULTS: LogSettings = { maxAgeDays: 7, maxBytes: 1_000_000_000 };

const MAX_AGE_DAYS = 3_650;
const LEAST_BYTES = 100_000;
/** A shard has 10 GB, which rows need too. */
const MOST_BYTES = 8_000_000_000;

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError that names the setting: the Worker does not start.
 */
export function toLogSettings(given: Partial<LogSettings>): LogSettings {
  for (const name of Object.keys(given)) {
    if (!(name in DEFAULTS)) {
      throw wrong(`Expected settings of log to be ${Object.keys(DEFAULTS).join(' and ')}, but got ${name}.`);
    }
  }
  const { maxAgeDays = DEFAULTS.maxAgeDays, maxBytes = DEFAULTS.maxBytes } = given;
  if (typeof maxAgeDays !== 'number' || !(maxAgeDays > 0 && maxAgeDays <= MAX_AGE_DAYS)) {
    throw wrong(`Expected log.maxAgeDays to be more than 0 and at most ${MAX_AGE_DAYS}, but got ${maxAgeDays}.`);
  }
  if (!Number.isInteger(maxBytes) || maxBytes < LEAST_BYTES || maxBytes > MOST_BYTES) {
    throw wrong(
      `Expected log.maxBytes to be a whole number from ${LEAST_BYTES} to ${MOST_BYTES}, but got ${maxBytes}.`,
    );
  }
  return { maxAgeDays, maxBytes };
}

const wrong = (message: string): ShardQLError => new ShardQLError('INTERNAL_SERVER_ERROR', message);
