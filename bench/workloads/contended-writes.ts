import type { ShopIndex } from './shop-index.ts';
import { updatePhoneOf } from './update-phone.ts';
import type { Workload } from './workload.ts';
import { makeZipf } from './zipf.ts';

/** Writers at the same time, each with one request under way. */
const WRITERS = 64;
/** More than YCSB has: two of five writes are of the same row, and two of three of three rows. */
const SKEW = 1.5;

/** W6 of customers of one tenant, and so of one shard. `exponent`: of the Zipf distribution by which rows are chosen; 0: all alike. */
const contendedWrites = (name: string, title: string, exponent: number): Workload => {
  let rankOf: ((uniform: number) => number) | undefined;
  return {
    name,
    title: `${WRITERS} writers of one shard, ${title}`,
    connections: WRITERS,
    mayBeRefused: true,
    size: 4_000,
    makeRequest(shop, random) {
      const customers = customersOf(shop);
      rankOf ??= makeZipf(customers.length, exponent);
      return updatePhoneOf(customers[rankOf(random.next())]!, random);
    },
  };
};

export const evenWrites = contendedWrites('W6-even', 'all rows alike', 0);
export const zipfWrites = contendedWrites('W6-zipf', `rows by Zipf ${SKEW}`, SKEW);

const customersOf = ({ shop: { tenants, customers } }: ShopIndex) =>
  customers.filter(({ tenant_id }) => tenant_id === tenants[0]!.id);
