import type { WireValue } from '../../model/types.ts';
import { packStored } from '../../shards/misfit.ts';
import type { Boundary } from '../../shards/plan/order.ts';
import type { PageShape } from '../../shards/plan/page.ts';
import type { ValueRef } from '../../shards/plan/value.ts';
import { badUserInput } from '../bad-user-input.ts';
import { DEFAULT_PAGE_ROWS, MAX_OFFSET_ROWS, MAX_PAGE_ROWS } from '../limits.ts';
import { type ShapeOf, verbatim } from '../memory/variable-uses.ts';
import type { PlanValues } from '../plan-values.ts';
import type { FieldArguments } from '../selection/field-arguments.ts';
import { type CursorScope, cursorShape, decodeCursor } from '../tokens/cursor.ts';

/** Arguments that pick a page of a list; null means left out. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
  readonly offset?: number | null;
}

/** Which parts of a connection are selected. */
export interface ConnectionParts {
  /** Nodes, edges or page info: anything that needs rows. */
  readonly rows: boolean;
  /** Any cursor: of edges, or of page info. */
  readonly cursors: boolean;
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly totalCount: boolean;
  readonly aggregates: Pick<PageShape, 'aggregate' | 'groups'>;
}

/** The page that the arguments ask for; cursors are read for `scope`. */
export function pageShape(
  scope: CursorScope,
  args: FieldArguments,
  parts: ConnectionParts,
  values: PlanValues,
): PageShape {
  const given: PageArguments = args.values;
  checkCombination(given);
  const fromEnd = isGiven(given.last);
  const most = scope.model.table(scope.table).rules?.maxPageRows ?? MAX_PAGE_ROWS;
  const limit = fromEnd ? rowsRef('last', most, args, values) : rowsRef('first', most, args, values);
  const offset = isGiven(given.offset) ? offsetRef(args, values) : null;
  const after = isGiven(given.after) ? boundary(scope, 'after', args, values) : null;
  const before = isGiven(given.before) ? boundary(scope, 'before', args, values) : null;
  // Without a cursor or an offset on the side where the page starts, no row can lie there: nothing to look for.
  const startsInside = fromEnd ? before !== null : after !== null || offset !== null;
  return {
    orderBy: scope.orderBy,
    after,
    before,
    fromEnd,
    limit,
    offset,
    rows: parts.rows,
    probeOtherSide: startsInside && (fromEnd ? parts.hasNextPage : parts.hasPreviousPage),
    totalCount: parts.totalCount,
    ...parts.aggregates,
  };
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined;

function checkCombination({ first, last, after, before, offset }: PageArguments): void {
  if (isGiven(first) && isGiven(last)) throw badUserInput('Expected first or last, but got both.');
  if (!isGiven(offset)) return;
  if (isGiven(after) || isGiven(before)) throw badUserInput('Expected offset or a cursor, but got both.');
  if (isGiven(last)) throw badUserInput('Expected offset together with first, but got it with last.');
}

/** @param most rows of the greatest page. */
function rowsRef(name: 'first' | 'last', most: number, args: FieldArguments, values: PlanValues): ValueRef {
  const given = args.values[name];
  return isGiven(given)
    ? values.addPart({ args, path: name, given }, (rows) => pageRows(name, most, rows as number))
    : values.add(Math.min(DEFAULT_PAGE_ROWS, most));
}

function pageRows(name: 'first' | 'last', most: number, rows: number): number {
  if (rows >= 0 && rows <= most) return rows;
  throw badUserInput(`Expected ${name} to be from 0 to ${most}, but got ${rows}.`);
}

/** Nothing to leave out needs no step of the plan, and less is wrong. */
const signOfOffset: ShapeOf = (offset) => String(Math.sign(offset as number));

function offsetRef(args: FieldArguments, values: PlanValues): ValueRef | null {
  const given = args.values.offset as number;
  const part = { args, path: 'offset', given };
  if (offsetRows(given) > 0) return values.addPart(part, (offset) => offsetRows(offset as number), signOfOffset);
  args.take(part.path, given, signOfOffset);
  return null;
}

function offsetRows(offset: number): number {
  if (offset >= 0 && offset <= MAX_OFFSET_ROWS) return offset;
  throw badUserInput(
    `Expected offset to be from 0 to ${MAX_OFFSET_ROWS}, but got ${offset}. Cursors (after, before) have no such bound.`,
  );
}

/** Which of a cursor's values are NULL, or do not fit, decides the plan. */
function boundary(scope: CursorScope, name: 'after' | 'before', args: FieldArguments, values: PlanValues): Boundary {
  const given = args.values[name] as string;
  // A search by which the list is ordered is part of what the cursor is checked by.
  const shape = scope.rankedBy === null ? cursorShape : verbatim;
  const position = decodeCursor(scope, name, given);
  return position.map((value, index) => {
    if (value === null) return null;
    const ref = values.addPart(
      { args, path: name, given },
      (cursor) => valueAt(scope, name, cursor as string, index),
      shape,
    );
    return typeof value === 'object' ? { stored: ref } : ref;
  });
}

function valueAt(scope: CursorScope, name: 'after' | 'before', cursor: string, index: number): WireValue {
  const value = decodeCursor(scope, name, cursor)[index]!;
  return typeof value === 'object' && value !== null ? packStored(value) : value;
}
