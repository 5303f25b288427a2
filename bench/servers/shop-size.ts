import type { ShopSize } from '../../scripts/demo/shop.ts';

/** Scale 1: 20 tenants and some 207,000 rows. Other scales have as many tenants of another size. */
export const shopSize = (scale: number): ShopSize => ({
  tenants: 20,
  customers: atLeastOne(500 * scale),
  products: atLeastOne(100 * scale),
  orders: atLeastOne(2_500 * scale),
  reviews: atLeastOne(1_000 * scale),
});

const atLeastOne = (count: number): number => Math.max(1, Math.round(count));
