import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { MUTATION_KINDS, type MutationKind, mutationName } from '../model/mutation-names.ts';
import type { Model, TableModel } from '../model/types.ts';

/** An element of the argument `operations`: one member (`@oneOf`), called like the root field, with its arguments. */
export type OperationInput = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

interface NamedOperation {
  readonly name: string;
  readonly kind: MutationKind;
  readonly table: TableModel;
  readonly args: Readonly<Record<string, unknown>>;
}

export function namedOperation(model: Model, operation: OperationInput): NamedOperation {
  const [[name, args]] = Object.entries(operation) as [[string, OperationInput[string]]];
  return { name, ...mutationsByName(model).get(name)!, args };
}

/** The names that an element gives: one. */
export const namesGiven = (operation: OperationInput): readonly string[] => Object.keys(operation);

/** The tables whose rows operations write, each once, in the order of the model. */
interface WrittenTables {
  /** Their rows are there after the operation, or before it. */
  readonly shown: readonly TableModel[];
  /** Their rows were deleted before, and are purged. */
  readonly purged: readonly TableModel[];
}

export function tablesOfOperations(model: Model, operations: readonly OperationInput[]): WrittenTables {
  const named = operations.map((operation) => namedOperation(model, operation));
  const tablesOf = (isPurge: boolean) => {
    const tables = new Set(named.filter(({ kind }) => (kind === 'purge') === isPurge).map(({ table }) => table));
    return model.tables.filter((table) => tables.has(table));
  };
  return { shown: tablesOf(false), purged: tablesOf(true) };
}

const mutationsByName = memoizeByObject(
  (model: Model) =>
    new Map(
      model.tables.flatMap((table) =>
        MUTATION_KINDS.map((kind) => [mutationName(kind, table), { kind, table }] as const),
      ),
    ),
);

/** The place of a field of `results` that shows rows, by response keys. */
export const placeOfResult = (results: string, field: string): string => `${results}/${field}`;
