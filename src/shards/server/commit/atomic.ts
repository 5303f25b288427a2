/**
 * Changes of the values that columns have. They are worked out here and not by SQLite, inside the same transaction:
 * SQLite's doubles would round decimals, and its integers become doubles where they overflow.
 */
import { inputToWire, requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { AtomicChange, AtomicChanges, WireValues } from '../../operation.ts';
import { applyJsonChange, JsonMismatch } from './atomic-json.ts';
import { arithmeticOf } from './atomic-numbers.ts';
import { columnOf } from './commit-scope.ts';

/**
 * The columns that are changed, whose values {@link applyAtomic} has to be given.
 *
 * @throws ShardQLError BAD_USER_INPUT for changes that their column does not have.
 */
export function atomicColumns(table: TableModel, atomic: AtomicChanges): ColumnModel[] {
  const columns = Object.keys(atomic ?? {}).map((name) => columnOf(table, name));
  for (const column of columns) {
    for (const change of atomic[column.name]!) if (!isPossible(column, change)) throw impossible(table, column, change);
  }
  return columns;
}

/**
 * The values that columns have after their changes.
 *
 * @param current Of each of {@link atomicColumns}.
 * @throws ShardQLError INVALID_VALUE if a column cannot hold the result exactly.
 */
export function applyAtomic(table: TableModel, atomic: AtomicChanges, current: WireValues): WireValues {
  const changed: Record<string, WireValue> = {};
  for (const [name, changes] of Object.entries(atomic ?? {})) {
    const column = columnOf(table, name);
    const stored = current[name] ?? null;
    held(table, column, 'the stored value of', () => requireStored(column, stored));
    changed[name] = held(table, column, 'the changed value of', () => {
      const value =
        column.scalar === 'JSON' ? changedJson(column, stored, changes) : changedValue(column, stored, changes);
      requireStored(column, value);
      return value;
    });
  }
  return changed;
}

type ChangeKind = AtomicChange['kind'];

const NUMBER_CHANGES: readonly ChangeKind[] = ['increment', 'decrement', 'multiply', 'min', 'max'];
const TEXT_CHANGES: readonly ChangeKind[] = ['append', 'prepend'];
const JSON_CHANGES: readonly ChangeKind[] = ['mergeJson', 'setJson', 'appendJson', 'unsetJson'];

function isPossible(column: ColumnModel, { kind }: AtomicChange): boolean {
  if (column.generated) return false;
  if (NUMBER_CHANGES.includes(kind)) return arithmeticOf(column) !== null;
  if (TEXT_CHANGES.includes(kind)) return column.scalar === 'String';
  if (JSON_CHANGES.includes(kind)) return column.scalar === 'JSON';
  return true;
}

function changedValue(column: ColumnModel, stored: WireValue, changes: readonly AtomicChange[]): WireValue {
  let value = stored;
  for (const change of changes) {
    if (!('value' in change) || change.value === null) continue;
    if (change.kind === 'setIfNull') value ??= change.value;
    else if (value === null) continue;
    else if (change.kind === 'append') value = `${value}${change.value}`;
    else if (change.kind === 'prepend') value = `${change.value}${value}`;
    else value = arithmeticOf(column)!(change.kind as 'increment', value, change.value);
  }
  return value;
}

/** Read and written once, however many the changes are. */
function changedJson(column: ColumnModel, stored: WireValue, changes: readonly AtomicChange[]): WireValue {
  // `undefined` is SQL's NULL.
  let value = stored === null ? undefined : JSON.parse(stored as string);
  for (const change of changes) value = applyJsonChange(value, change);
  return inputToWire(column, value);
}

/** Says of which column it is that a value does not fit. The value itself is not shown: not all may read it. */
function held<T>({ typeName }: TableModel, { name }: ColumnModel, what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const details = { table: typeName, field: name };
    if (error instanceof JsonMismatch) {
      throw new ShardQLError(
        'INVALID_VALUE',
        `Expected ${error.message} of ${typeName}.${name}, but got another value.`,
        details,
      );
    }
    if (!(error instanceof InvalidValueError)) throw error;
    throw new ShardQLError(
      'INVALID_VALUE',
      `Expected ${what} ${typeName}.${name} to be ${error.expected}, but got another value.`,
      details,
    );
  }
}

const impossible = ({ typeName }: TableModel, { name, scalar, generated }: ColumnModel, { kind }: AtomicChange) =>
  new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a change that ${typeName}.${name} can have, but got ${kind} of ${generated ? 'a generated column' : scalar}.`,
    { table: typeName, field: name },
  );
