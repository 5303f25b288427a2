import { badUserInput } from '../../plans/bad-user-input.ts';
import type { UndoPage } from '../../shards/undo.ts';

/** A part of a list, as the operators' API shows it. */
export interface ShownPage<Row> {
  readonly totalCount: number;
  readonly nodes: readonly Row[];
  readonly hasNextPage: boolean;
  /** Null: the page is empty. */
  readonly endCursor: string | null;
}

export function shownPage<Row>({ total, rows }: UndoPage<Row>, offset: number): ShownPage<Row> {
  const end = offset + rows.length;
  return {
    totalCount: total,
    nodes: rows,
    hasNextPage: end < total,
    endCursor: rows.length === 0 ? null : String(end),
  };
}

/** A cursor is the number of rows up to it: in a preview nothing is certain but the order. */
export function offsetOf(cursor: string): number {
  if (/^\d{1,9}$/.test(cursor)) return Number(cursor);
  throw badUserInput('Expected after to be an endCursor of a preview, but got another text.');
}
