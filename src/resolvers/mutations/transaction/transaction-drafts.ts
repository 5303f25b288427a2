import { isBulk } from '../../../model/mutation-names.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import { namedOperation, type OperationInput } from '../../../plans/transaction-operations.ts';
import { compileWrite } from '../compile/compile-write.ts';
import { belowInputPath } from '../compile/input-path.ts';
import { refuseNull } from '../compile/refuse-null.ts';
import { bulkDraft } from './bulk-draft.ts';
import type { PlacedDraft } from './common-shard-key.ts';
import { NamedRows, type RefsInput } from './named-rows.ts';

/**
 * What the operations of a transaction write.
 *
 * @throws ShardQLError with the place in the arguments.
 */
export function transactionDrafts(scope: RowScope, operations: readonly OperationInput[]): readonly PlacedDraft[] {
  const named = operations.map((operation) => namedOperation(scope.model, operation));
  const rows = new NamedRows(named.map(({ args }) => (args.as ?? null) as string | null));
  return named.map(({ name, kind, table, args: { as: _, refs, ...args } }, index) => {
    const path = ['operations', index, name];
    try {
      refuseNull({ as: named[index]!.args.as, refs });
      if (isBulk(kind)) return { kind, draft: bulkDraft(scope, kind, table, args), path };
      const given = rows.given(index, table, refs as RefsInput | null | undefined);
      const draft = compileWrite(scope, kind, table, args, { values: given });
      rows.add(index, table);
      return { kind, draft, path };
    } catch (error) {
      throw belowInputPath(error, path);
    }
  });
}
