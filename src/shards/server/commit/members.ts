/** Members that several kinds of operations have, as far as this release knows them. */
import type { AtomicChange, Condition, RowKey, RowReference, Selection } from '../../operation.ts';
import { any, type Check, object, orNull, tagged } from '../shape-check.ts';

const ROW_REFERENCE = object<RowReference>({ operation: any, column: any });

const VALUE: Check = (value) => {
  if (typeof value === 'object' && value !== null) ROW_REFERENCE(value);
};

/** By names that the model knows, or refuses. */
export const VALUES = orNull((values) => Object.values(values as object).forEach(VALUE));

const ROW_KEY = object<RowKey>({ columns: any, values: VALUES });

/** Of operations on a row that is there. */
export const TARGET = { key: ROW_KEY, within: VALUES, expectedVersion: any };

const BY_VALUE = object({ kind: any, value: any });
const AT_PATH = object({ kind: any, path: any, value: any });

const ATOMIC_CHANGE = tagged('kind', {
  increment: BY_VALUE,
  decrement: BY_VALUE,
  multiply: BY_VALUE,
  min: BY_VALUE,
  max: BY_VALUE,
  setIfNull: BY_VALUE,
  append: BY_VALUE,
  prepend: BY_VALUE,
  mergeJson: BY_VALUE,
  setJson: AT_PATH,
  appendJson: AT_PATH,
  unsetJson: object({ kind: any, path: any }),
} satisfies Record<AtomicChange['kind'], Check>);

const CHANGE_LIST = orNull((changes) => (changes as readonly unknown[]).forEach(ATOMIC_CHANGE));

/** By names that the model knows, or refuses. */
const ATOMIC = orNull((changes) => Object.values(changes as object).forEach(CHANGE_LIST));

/** Of operations that change a row. */
export const CHANGES = { set: VALUES, atomic: ATOMIC };

/** Of operations that may be left out. */
export const WHEN = orNull(object<Condition>({ operation: any, found: any }));

/** The plan is checked where it is compiled. */
export const SELECTION = orNull(object<NonNullable<Selection>>({ plan: any, values: any }));
