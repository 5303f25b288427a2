import type { Random } from '../../scripts/demo/random.ts';
import { CREATE_REVIEWS, REVIEWS_WITH_TITLE } from './queries.ts';
import type { ShopIndex } from './shop-index.ts';
import { asCustomer } from './with-rules.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

const ROWS = 100;

/** Ids are made by the server, so that a request can be sent again. No other workload reads reviews. */
export const createReviews: Workload = {
  name: 'W7',
  title: `create ${ROWS} reviews in one request`,
  size: 200,
  makeRequest: reviewsOf('W7', ROWS),
};

/** The customer and the tenant of each come from its token, and each has to fit the rules. */
export const createOwnReviews: Workload = {
  name: 'W7-rules',
  title: 'W7 by the customers themselves, each with a token',
  size: 200,
  makeRequest(shop, random, index) {
    const { variables, ...request } = reviewsOf('W7-rules', ROWS)(shop, random, index);
    const rows = variables.data as readonly NewReview[];
    const data = rows.map(({ productId, rating, title, body }) => ({ productId, rating, title, body }));
    const [{ tenantId, customerId }] = rows as readonly [NewReview];
    return asCustomer({ ...request, variables: { data } }, tenantId, customerId);
  },
};

interface NewReview {
  readonly tenantId: string;
  readonly productId: string;
  readonly customerId: string;
  readonly rating: number;
  readonly title: string;
  readonly body: string;
  readonly createdAt: string;
}

/** Requests that create so many reviews, all of one customer. */
export function reviewsOf(workload: string, rows: number): Workload['makeRequest'] {
  return ({ shop }: ShopIndex, random: Random): GraphqlRequest => {
    const { id: customerId, tenant_id: tenantId } = random.pick(shop.customers);
    const products = shop.products.filter((product) => product.tenant_id === tenantId);
    const title = `${workload}-${random.integer(0, 1_000_000_000)}`;
    const data = Array.from(
      { length: rows },
      (): NewReview => ({
        tenantId,
        productId: random.pick(products).id,
        customerId,
        rating: random.integer(1, 5),
        title,
        body: `Arrived within ${random.integer(1, 30)} days, and does what it should.`,
        createdAt: '2026-01-02T03:04:05.678Z',
      }),
    );
    return {
      query: CREATE_REVIEWS,
      variables: { data },
      expected: () => ({ createReviews: { affectedCount: rows } }),
      readBack: {
        query: REVIEWS_WITH_TITLE,
        variables: { tenant: tenantId, title },
        expected: () => ({ reviews: { totalCount: rows } }),
      },
    };
  };
}
