/** What the platform bills of some work, as far as the program that does it can count. */

export const USAGE_NAMES = [
  'workerRequests',
  'objectRequests',
  'rowsRead',
  'rowsWritten',
  'kvReads',
  'kvPuts',
  'queueMessages',
] as const;

export type UsageName = (typeof USAGE_NAMES)[number];

/**
 * `workerRequests`: requests of clients, and batches of queues. `objectRequests`: calls to Durable Objects, and alarms. `kvReads`: each
 * key of a bulk get.
 */
export type Usage = Readonly<Record<UsageName, number>>;

/** One to count in. */
export type UsageCounts = Record<UsageName, number>;

export const noUsage = (): UsageCounts => ({
  workerRequests: 0,
  objectRequests: 0,
  rowsRead: 0,
  rowsWritten: 0,
  kvReads: 0,
  kvPuts: 0,
  queueMessages: 0,
});

/** Each by its name: it is done several times for each request, and names that are looked up cost ten times as much. */
export function addUsage(to: UsageCounts, added: Usage): void {
  to.workerRequests += added.workerRequests;
  to.objectRequests += added.objectRequests;
  to.rowsRead += added.rowsRead;
  to.rowsWritten += added.rowsWritten;
  to.kvReads += added.kvReads;
  to.kvPuts += added.kvPuts;
  to.queueMessages += added.queueMessages;
}
