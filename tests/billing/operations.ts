/** What is measured, in the order and the words of docs/costs.md. */
export const OPERATIONS = {
  W1: 'a row by id, `STRONG`',
  W3: '20 orders with items, products and customers, `STRONG`',
  W4: 'a filtered list of orders with its total count, `STRONG`',
  W9: '50 rows by id in one request, `STRONG`',
  S4: 'a list without shard key, over 4 shards',
  wake: 'a row by id, of a shard that sleeps',
  isolate: 'a row by id, in an isolate that has just started',
  C1: 'a row by id, `CACHED`, that memory does not have',
  'C1-memory': 'the same from memory',
  'C1-far': 'a row by id, `CACHED`, of a shard that is far away, that neither memory nor KV has',
  'C1-fill': 'the same, read so often that it is put into KV',
  'C1-recheck': 'the same from memory, when its stamps are looked up again',
  'C1-kv': 'the same from KV, in another isolate',
  W6: 'an update of a column, of a busy shard, nothing cached',
  trim: 'a row of the log, trimmed a week after its write, while others are written',
  'W6-lone': 'an update of a column, of a shard that sleeps before and after, nothing cached',
  'W6-cached': 'an update of a column, of a busy shard, where rows of its shard key are in KV',
  'W6-cached-lone':
    'an update of a column, of a shard that sleeps before and after, where rows of its shard key are in KV',
  W11: 'an order with 5 items',
  W7: 'a review, created with 99 others',
  delete: 'a deleted order, with its 1 to 4 items',
  import: 'an imported customer',
  ready: 'a probe of `/ready`, of shards that sleep',
  metrics: 'a scrape of `/metrics`, of 4 shards',
  'idle-hour': 'an hour without requests',
  'idle-day': 'a day without requests, after a write where rows of its shard key are in KV',
} as const;

export type OperationName = keyof typeof OPERATIONS;

export const OPERATION_NAMES = Object.keys(OPERATIONS) as OperationName[];
