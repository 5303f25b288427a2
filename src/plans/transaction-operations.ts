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
export function tablesOfOperations(model: Model, operations: readonly OperationInput[]): readonly TableModel[] {
  const tables = new Set(operations.map((operation) => namedOperation(model, operation).table));
  return model.tables.filter((table) => tables.has(table));
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
