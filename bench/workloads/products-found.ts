import { PRODUCTS_FOUND } from './queries.ts';
import type { Workload } from './workload.ts';

export const productsFound: Workload = {
  name: 'Q5',
  title: "search: a tenant's products with a word, best first, counted",
  size: 500,
  makeRequest({ shop }, random) {
    const { tenant_id: tenant, name } = random.pick(shop.products);
    const search = name.split(' ')[0]!;
    const wordsOf = (text: string | null) => (text ?? '').toLowerCase().split(/[^a-z]+/);
    const count = () =>
      shop.products.filter(
        (product) =>
          product.tenant_id === tenant &&
          [...wordsOf(product.name), ...wordsOf(product.description)].includes(search.toLowerCase()),
      ).length;
    return {
      query: PRODUCTS_FOUND,
      variables: { tenant, search },
      expected() {
        const totalCount = count();
        const nodes = Array.from({ length: Math.min(20, totalCount) }, () => ({ __typename: 'Product' }));
        return { products: { totalCount, nodes } };
      },
    };
  },
};
