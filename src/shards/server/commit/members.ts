/** Members that several kinds of operations have, as far as this release knows them. */
import type { RowKey, Selection } from '../../operation.ts';
import { any, object, orNull } from '../shape-check.ts';

export const ROW_KEY = object<RowKey>({ columns: any, values: any });

/** The plan is checked where it is compiled. */
export const SELECTION = orNull(object<NonNullable<Selection>>({ plan: any, values: any }));
