import type { WriteOperation } from './operation.ts';

/** An operation on one row, whose answer can be worked out from the log of its commit. */
export type LoneOperation = WriteOperation & { readonly kind: 'create' | 'update' | 'upsert' | 'delete' };

const KINDS: ReadonlySet<WriteOperation['kind']> = new Set<LoneOperation['kind']>([
  'create',
  'update',
  'upsert',
  'delete',
]);

/** The only operation of a write, if it is of one row; else null. */
export function loneOperation(operations: readonly WriteOperation[]): LoneOperation | null {
  const [operation] = operations;
  return operations.length === 1 && KINDS.has(operation!.kind) ? (operation as LoneOperation) : null;
}
