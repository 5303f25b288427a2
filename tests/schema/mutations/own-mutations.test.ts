import { describe, expect, it } from 'vitest';
import { defineExtensions } from '../../../src/index.ts';
import { mutationName } from '../../../src/model/mutation-names.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import shop from '../../../src/schema/model.ts';
import { mutationsOf } from '../../../src/schema/mutations/mutation-fields.ts';

describe("A user's own mutation", () => {
  const table = shop.table('OrderItem');

  it.each(mutationsOf(table).map((kind) => mutationName(kind, table)))(
    'may not be called as a generated one is: %s',
    (name) => {
      const extensions = defineExtensions(shop, ({ builder }) => {
        builder.mutationField(name, (t) => t.boolean({ resolve: () => true }));
      });
      expect(() => buildSchema(shop, extensions)).toThrow(
        `Duplicate field ${name} on Mutation. Rename what the extensions declare: generated types and fields keep their names.`,
      );
    },
  );
});
