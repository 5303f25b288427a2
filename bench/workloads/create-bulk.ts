import { reviewsOf } from './create-reviews.ts';
import type { Workload } from './workload.ts';

/** As many rows as a request may have; one request at a time. */
export const BULK_ROWS = 10_000;

export const createBulk: Workload = {
  name: 'W10',
  title: `create ${BULK_ROWS.toLocaleString('en')} reviews in one request`,
  server: 'growing',
  connections: 1,
  size: 4,
  makeRequest: reviewsOf('W10', BULK_ROWS),
};
