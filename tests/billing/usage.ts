/** What the platform bills, counted. Everything is a number, so that counts can be added up and taken apart. */
export interface Usage {
  /** Requests to the Worker: those of clients, and batches of the queue. */
  readonly workerRequests: number;
  /** Calls to shards and other Durable Objects, and alarms that ran. */
  readonly objectRequests: number;
  readonly rowsRead: number;
  /** Alarms that are set or deleted count as one row each, as the platform counts them. */
  readonly rowsWritten: number;
  /** Each key of a bulk get. */
  readonly kvReads: number;
  readonly kvPuts: number;
  readonly queueMessages: number;
  /** Objects that started again, after they had been idle. */
  readonly wakes: number;
  /** Seconds that an object could not sleep, since it waited for a timer or for an answer. */
  readonly awakeSeconds: number;
}

export const NOTHING: Usage = {
  workerRequests: 0,
  objectRequests: 0,
  rowsRead: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvPuts: 0,
  queueMessages: 0,
  wakes: 0,
  awakeSeconds: 0,
};

const NAMES = Object.keys(NOTHING) as (keyof Usage)[];

const combine = (of: (name: keyof Usage) => number): Usage =>
  Object.fromEntries(NAMES.map((name) => [name, of(name)])) as unknown as Usage;

export const difference = (after: Usage, before: Usage): Usage => combine((name) => after[name] - before[name]);

export const sum = (usages: readonly Usage[]): Usage =>
  combine((name) => usages.reduce((total, usage) => total + usage[name], 0));

export const times = (usage: Usage, factor: number): Usage => combine((name) => usage[name] * factor);

/** To hundredths, as means of several operations have no more to say; rows that are read, of which a million cost 0.1 cents, to two digits. */
export const rounded = (usage: Usage): Usage => ({
  ...combine((name) => Math.round(usage[name] * 100) / 100),
  rowsRead: Number(usage.rowsRead.toPrecision(2)),
});

/** Rows that are read depend on the moment at which a task of the shard comes due: by so many, or this part of them, runs differ. */
const ROWS_READ_SPREAD = 2;
const ROWS_READ_SPREAD_PART = 0.1;

/** What was measured, with the rows read that are recorded, if any are, where the two differ no more than runs do. */
export const settled = (usage: Usage, recorded: Usage): Usage => {
  const spread = Math.max(ROWS_READ_SPREAD, recorded.rowsRead * ROWS_READ_SPREAD_PART);
  const isSame = Math.abs(usage.rowsRead - recorded.rowsRead) <= spread;
  return isSame && usage.rowsRead > 0 && recorded.rowsRead > 0 ? { ...usage, rowsRead: recorded.rowsRead } : usage;
};

/** Only what is not 0. */
export const shown = (usage: Usage): Partial<Usage> =>
  Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0));

/** The inverse of {@link shown}. */
export const usageOf = (counts: Partial<Usage>): Usage => ({ ...NOTHING, ...counts });
