import { ALIASES, itemsByAlias as queryOf } from './queries.ts';
import type { Workload } from './workload.ts';

const QUERY = queryOf(ALIASES);

/** A prime: items are taken from all tenants. */
const STEP = 7_919;

/** W9 of a table with so many rows that none is read again for seconds. */
export const itemsByAlias: Workload = {
  name: 'W9-items',
  title: `${ALIASES} aliased point reads of order items`,
  size: 2_500,
  makeRequest({ shop: { order_items } }, _random, index) {
    const items = Array.from(
      { length: ALIASES },
      (_, place) => order_items[((index * ALIASES + place) * STEP) % order_items.length]!,
    );
    return {
      query: QUERY,
      variables: Object.fromEntries(
        items.flatMap(({ tenant_id, id }, place) => [
          [`tenant${place}`, tenant_id],
          [`id${place}`, id],
        ]),
      ),
      expected: () => Object.fromEntries(items.map(({ id, quantity }, place) => [`c${place}`, { id, quantity }])),
    };
  },
};
