/** What the arguments of an operation tell before any row is looked at. */
import { flat, isAbsurd, isContrary, lacksValue, relationsIn } from './inputs.ts';
import type { Bulk, Operation, Single, Step } from './operation.ts';
import { Refused } from './rows.ts';
import { type Key, SHAPES, type Value } from './shapes.ts';

export const refuseAbsurd = (operation: Single | Bulk): void => refuse(operation, [], false);

/** References may give what the data lack, and nothing else. */
export function refuseAbsurdStep({ operation, refs }: Step): void {
  const given = refs.map(({ column }) => column);
  if (operation.kind === 'update' && given.some((column) => column in (operation.data ?? {})))
    throw new Refused('BAD_USER_INPUT');
  refuse(operation, given, operation.kind === 'create' || operation.kind === 'upsert');
}

function refuse(operation: Single | Bulk, given: readonly string[], isPartial: boolean): void {
  const { type } = operation;
  if ('rows' in operation) refuseWithoutKey(operation);
  const isContradiction = operation.kind === 'upsert' && isContrary(operation.by, operation.create);
  if (isContradiction || inputsOf(operation, given).some(({ data, ofNew }) => isAbsurd(type, data, ofNew, isPartial)))
    throw new Refused('BAD_USER_INPUT');
}

/** Null is said: it names no row. */
function refuseWithoutKey(operation: Extract<Bulk, { rows: unknown }>): void {
  const key = conflictKeyOf(operation);
  const isAny = key === null && operation.kind === 'createMany' && operation.onConflict === 'IGNORE';
  const isWrong = operation.rows.some(({ data }) =>
    key === null
      ? isAny && relationsIn(operation.type, data).length > 0
      : key.columns.some((name) => data[name] === undefined),
  );
  if (isWrong) throw new Refused('BAD_USER_INPUT');
}

/** By which rows are found that are there already; null: by any, or not at all. */
export function conflictKeyOf(operation: Extract<Bulk, { rows: unknown }>): Key | null {
  const { keys } = SHAPES[operation.type];
  const named = keys.find(({ name }) => name === operation.conflictKey);
  const isUpdate = operation.kind === 'upsertMany' || operation.onConflict === 'UPDATE';
  return named ?? (isUpdate ? keys[0] : null);
}

export function seenEarly(operation: Exclude<Operation, { kind: 'wrong' }>): boolean {
  if (operation.kind === 'transaction') {
    return operation.steps.some((step) =>
      isSeenEarly(
        step.operation,
        step.refs.map(({ column }) => column),
      ),
    );
  }
  return isSeenEarly(operation, []);
}

function isSeenEarly(operation: Single | Bulk, given: readonly string[]): boolean {
  const by = operation.kind === 'upsert' ? flat(operation.by) : {};
  return inputsOf(operation, given).some(({ data, ofNew }) =>
    lacksValue(operation.type, ofNew === null ? data : { ...by, ...data }, ofNew),
  );
}

interface Input {
  readonly data: Value;
  /** Columns that a new row has besides; null: the data are changes of a row that is there. */
  readonly ofNew: readonly string[] | null;
}

/** The data of an operation. */
function inputsOf(operation: Single | Bulk, given: readonly string[]): Input[] {
  switch (operation.kind) {
    case 'create':
      return [{ data: operation.data, ofNew: given }];
    case 'update':
    case 'updateMany':
      return [{ data: operation.data, ofNew: null }];
    case 'upsert':
      return [
        { data: operation.create, ofNew: given },
        { data: operation.update, ofNew: null },
      ];
    case 'createMany':
    case 'upsertMany':
      return operation.rows.map(({ data }) => ({ data, ofNew: [] }));
    default:
      return [];
  }
}
