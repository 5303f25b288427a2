import { readCustomer } from './customer-by-id.ts';
import { updatePhoneOf } from './update-phone.ts';
import type { Workload } from './workload.ts';
import { makeZipf } from './zipf.ts';

const SHARE_OF_WRITES = 0.05;

export const mixedReadsAndWrites: Workload = {
  name: 'W8',
  title: '95 % reads and 5 % writes of customers, Zipf',
  size: 8_000,
  makeRequest({ shop }, random) {
    const customer = shop.customers[rankOf(shop.customers.length)(random.next())]!;
    return random.chance(SHARE_OF_WRITES) ? updatePhoneOf(customer, random) : readCustomer(customer);
  },
};

/** The distribution takes as long to work out as a thousand draws. */
let zipf: { readonly count: number; readonly rank: (uniform: number) => number } | undefined;

function rankOf(count: number): (uniform: number) => number {
  if (zipf?.count !== count) zipf = { count, rank: makeZipf(count) };
  return zipf.rank;
}
