import { defineExtensions } from '../../../src/index.ts';
import model from './model.ts';

export default defineExtensions(model, ({ builder, computed, row }) => {
  computed('Customer', 'label', {
    type: 'String',
    needs: ['rowId', 'name'],
    resolve: ({ rowId, name }) => `${rowId} ${name}`,
  });
  builder.queryField('customerByCode', (t) =>
    t.field({
      type: row('Customer'),
      nullable: true,
      args: { code: t.arg.string({ required: true }) },
      resolve: (_root, { code }, context) => context.load('Customer', { by: { rowId: code }, shardKey: 't1' }),
    }),
  );
  builder.queryField('globalIdByCode', (t) =>
    t.string({
      nullable: true,
      args: { code: t.arg.string({ required: true }) },
      resolve: async (_root, { code }, context) => {
        const [customer] = await context.list('Customer', { where: { rowId: { eq: code } }, shardKey: 't1' });
        return customer ? customer.id : null;
      },
    }),
  );
});
