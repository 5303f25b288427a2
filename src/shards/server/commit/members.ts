/** Members that several kinds of operations have, as far as this release knows them. */
import type { Condition, RowKey, RowReference, Selection } from '../../operation.ts';
import { any, type Check, object, orNull } from '../shape-check.ts';

const ROW_REFERENCE = object<RowReference>({ operation: any, column: any });

const VALUE: Check = (value) => {
  if (typeof value === 'object' && value !== null) ROW_REFERENCE(value);
};

/** By names that the model knows, or refuses. */
export const VALUES = orNull((values) => Object.values(values as object).forEach(VALUE));

const ROW_KEY = object<RowKey>({ columns: any, values: VALUES });

/** Of operations on a row that is there. */
export const TARGET = { key: ROW_KEY, within: VALUES, expectedVersion: any };

/** Of operations that may be left out. */
export const WHEN = orNull(object<Condition>({ operation: any, found: any }));

/** The plan is checked where it is compiled. */
export const SELECTION = orNull(object<NonNullable<Selection>>({ plan: any, values: any }));
