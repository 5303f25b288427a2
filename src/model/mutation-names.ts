/** The mutations that tables have, by kind, and what their root fields are called. */
import { upperFirst } from './names.ts';
import type { TableModel } from './types.ts';

interface NamedMutation {
  readonly verb: string;
  /** Fields for one row are called after the type, those for several after the list field. */
  readonly of: 'one' | 'many';
}

/** Every kind there is. */
const MUTATIONS = {
  create: { verb: 'create', of: 'one' },
  createMany: { verb: 'create', of: 'many' },
  update: { verb: 'update', of: 'one' },
  updateMany: { verb: 'update', of: 'many' },
  upsert: { verb: 'upsert', of: 'one' },
  upsertMany: { verb: 'upsert', of: 'many' },
  delete: { verb: 'delete', of: 'one' },
  deleteMany: { verb: 'delete', of: 'many' },
  restore: { verb: 'restore', of: 'one' },
  purge: { verb: 'purge', of: 'one' },
} as const satisfies Record<string, NamedMutation>;

export type MutationKind = keyof typeof MUTATIONS;

type KindOf<Of extends NamedMutation['of']> = {
  [Kind in MutationKind]: (typeof MUTATIONS)[Kind]['of'] extends Of ? Kind : never;
}[MutationKind];

/** Those of one row, which they show. */
export type RowMutation = KindOf<'one'>;

/** Those of several rows. */
export type BulkMutation = KindOf<'many'>;

export const MUTATION_KINDS = Object.keys(MUTATIONS) as readonly MutationKind[];

export const isBulk = (kind: MutationKind): kind is BulkMutation => MUTATIONS[kind].of === 'many';

/** `createOrder`, `createOrders`. */
export function mutationName(kind: MutationKind, { typeName, list }: Pick<TableModel, 'typeName' | 'list'>): string {
  return `${MUTATIONS[kind].verb}${isBulk(kind) ? upperFirst(list) : typeName}`;
}

/** The input type of such an operation in a transaction: `CreateOrderOperation`. */
export const operationInputName = (kind: MutationKind, table: Pick<TableModel, 'typeName' | 'list'>): string =>
  `${upperFirst(mutationName(kind, table))}Operation`;
