/** Fields of this API that no table has: computed ones, and queries and mutations written by hand. */
import { defineExtensions, ShardQLError } from 'shardql';
import model from './model.ts';

export default defineExtensions(model, ({ builder, computed, row }) => {
  computed('Customer', 'initials', {
    type: 'String',
    needs: ['name'],
    description: 'The first letter of each word of the name.',
    resolve: ({ name }) => name.replace(/(\S)\S*\s*/gu, '$1'),
  });

  builder.queryField('bestCustomers', (t) =>
    t.field({
      type: [row('Customer')],
      description: 'The customers with the largest of the tenant’s hundred largest orders, each once.',
      args: { tenantId: t.arg.id({ required: true }), limit: t.arg.int({ required: true }) },
      resolve: async (_root, { tenantId, limit }, context) => {
        if (limit < 1) throw new ShardQLError('BAD_USER_INPUT', `Expected limit to be at least 1, but got ${limit}.`);
        const orders = await context.list('Order', {
          where: { status: { ne: 'CANCELLED' } },
          orderBy: [{ totalCents: 'DESC' }],
          first: 100,
          shardKey: tenantId,
        });
        const ids = new Set(orders.map(({ customerId }) => customerId));
        return [...ids].slice(0, limit).map((id) => ({ tenantId, id }));
      },
    }),
  );
});
