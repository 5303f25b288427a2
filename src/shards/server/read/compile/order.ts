import type { OrderTerm } from '../../../plan/order.ts';
import type { Field, SourceFields } from './fields.ts';

/** One column of an order, resolved. */
export interface OrderColumn {
  readonly field: Field;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export const resolveOrder = (fields: SourceFields, terms: readonly OrderTerm[]): OrderColumn[] =>
  terms.map(({ column, descending, nullsFirst }) => ({ field: fields.field(column), descending, nullsFirst }));

export const reverseOrder = (order: readonly OrderColumn[]): OrderColumn[] =>
  order.map(({ field, descending, nullsFirst }) => ({ field, descending: !descending, nullsFirst: !nullsFirst }));
