import { memoizeByObject } from '../../../lib/memoize-by-object.ts';
import type { Usage } from '../../../shards/usage.ts';
import type { OperatorBuilder } from '../operator-builder.ts';

/** `Usage`: what the platform bills of some work. */
export const usageType = memoizeByObject((builder: OperatorBuilder) =>
  builder.objectRef<Usage>('Usage').implement({
    description: 'What the platform bills of some work, as far as isolates can count it.',
    fields: (t) => ({
      workerRequests: t.exposeFloat('workerRequests', { description: 'Requests of clients, and batches of queues.' }),
      objectRequests: t.exposeFloat('objectRequests', { description: 'Calls to Durable Objects.' }),
      rowsRead: t.exposeFloat('rowsRead', { description: 'Rows that SQLite has read.' }),
      rowsWritten: t.exposeFloat('rowsWritten', {
        description: 'Rows that SQLite has written, indexes and log included.',
      }),
      kvReads: t.exposeFloat('kvReads', { description: 'Keys that were read of Workers KV.' }),
      kvPuts: t.exposeFloat('kvPuts', { description: 'Keys that were put there.' }),
      queueMessages: t.exposeFloat('queueMessages', { description: 'Messages of queues.' }),
    }),
  }),
);
