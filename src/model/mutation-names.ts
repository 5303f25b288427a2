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
  update: { verb: 'update', of: 'one' },
  delete: { verb: 'delete', of: 'one' },
} as const satisfies Record<string, NamedMutation>;

export type MutationKind = keyof typeof MUTATIONS;

export const MUTATION_KINDS = Object.keys(MUTATIONS) as readonly MutationKind[];

/** `createOrder`, `createOrders`. */
export function mutationName(kind: MutationKind, { typeName, list }: Pick<TableModel, 'typeName' | 'list'>): string {
  const { verb, of }: NamedMutation = MUTATIONS[kind];
  return `${verb}${of === 'one' ? typeName : upperFirst(list)}`;
}

/** The input type of such an operation in a transaction: `CreateOrderOperation`. */
export const operationInputName = (kind: MutationKind, table: Pick<TableModel, 'typeName' | 'list'>): string =>
  `${upperFirst(mutationName(kind, table))}Operation`;
