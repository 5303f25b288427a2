import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ATOMIC_OPERATORS, type AtomicOperator, type JsonAtPath } from '../../../plans/arguments/atomic-operators.ts';
import { parseJsonPath } from '../../../plans/arguments/json-path.ts';
import { toWire } from '../../../plans/arguments/wire-input.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { ShardQLError } from '../../../shards/errors.ts';
import type { AtomicChange, AtomicChanges } from '../../../shards/operation.ts';
import type { DataInput } from './column-values.ts';
import { atInputPath, type InputPath } from './input-path.ts';
import { refuseNull } from './refuse-null.ts';

type Operands = Readonly<Partial<Record<AtomicOperator, unknown>>>;

/** An `atomic` argument. */
export type AtomicInput = Readonly<Record<string, Operands>>;

/**
 * The changes that an `atomic` argument asks for. Left out, there are none.
 *
 * @param place of the argument.
 * @throws ShardQLError BAD_USER_INPUT for columns that `data` sets too, for null, and for what asks for no change.
 */
export function atomicChanges(
  table: TableModel,
  atomic: AtomicInput | undefined,
  data: DataInput,
  place: InputPath,
): AtomicChanges {
  const changes: Record<string, readonly AtomicChange[]> = {};
  refuseNull(atomic ?? {}, place);
  for (const [name, operands] of Object.entries(atomic ?? {})) {
    if (operands === undefined) continue;
    const columnPlace = [...place, name];
    refuseNull(operands, columnPlace);
    changes[name] = atInputPath(columnPlace, () => {
      if (data[name] !== undefined) throw setTwice(table, name);
      return columnChanges(table, table.columnByName.get(name)!, operands, `atomic.${name}`);
    });
  }
  return changes;
}

function columnChanges(table: TableModel, column: ColumnModel, operands: Operands, path: string): AtomicChange[] {
  const operators: readonly AtomicOperator[] = ATOMIC_OPERATORS[column.scalar];
  const changes = operators.flatMap((operator) => {
    const operand = operands[operator];
    if (operand === undefined) return [];
    const at = `${path}.${operator}`;
    return column.scalar === 'JSON'
      ? jsonChanges(table, column, operator, operand, at)
      : [plainChange(operator, toWire(table, column, operand))];
  });
  if (changes.length === 0)
    throw badUserInput(`Expected changes at ${path}, but got none. Leave it out to change nothing.`);
  return changes;
}

function plainChange(operator: AtomicOperator, value: Exclude<WireValue, null>): AtomicChange {
  return { kind: operator, value } as AtomicChange;
}

function jsonChanges(
  table: TableModel,
  column: ColumnModel,
  operator: AtomicOperator,
  operand: unknown,
  at: string,
): AtomicChange[] {
  const textOf = (value: unknown): string => toWire(table, column, value) as string;
  switch (operator) {
    case 'merge':
      if (typeof operand !== 'object' || Array.isArray(operand)) throw noObject(at);
      return [{ kind: 'mergeJson', value: textOf(operand) }];
    case 'set':
    case 'append':
      return (operand as readonly JsonAtPath[]).map(({ path, value }, index) => ({
        kind: operator === 'set' ? 'setJson' : 'appendJson',
        path: stepsTo(path, `${at}.${index}.path`),
        value: textOf(value),
      }));
    case 'unset':
      return (operand as readonly string[]).map((path, index) => ({
        kind: 'unsetJson',
        path: stepsTo(path, `${at}.${index}`),
      }));
    default:
      return [{ kind: 'setIfNull', value: textOf(operand) }];
  }
}

function stepsTo(path: string | null | undefined, at: string) {
  if (path === null) throw nullAt(at);
  return path === undefined ? [] : parseJsonPath(path, at);
}

const nullAt = (path: string): ShardQLError =>
  badUserInput(`Expected changes at ${path}, but got null. Leave it out to change nothing.`);

const noObject = (path: string): ShardQLError =>
  badUserInput(
    `Expected an object at ${path}, whose names are merged, but got another value. Use set to replace a value.`,
  );

const setTwice = ({ typeName }: TableModel, name: string): ShardQLError =>
  badUserInput(`Expected ${typeName}.${name} to be either set or changed in place, but got it in data and in atomic.`, {
    table: typeName,
    field: name,
  });
