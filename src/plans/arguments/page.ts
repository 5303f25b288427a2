import { packStored } from '../../shards/misfit.ts';
import type { Boundary, PageShape } from '../../shards/plan.ts';
import { badUserInput } from '../bad-user-input.ts';
import { DEFAULT_PAGE_ROWS, MAX_OFFSET_ROWS, MAX_PAGE_ROWS } from '../limits.ts';
import type { PlanValues } from '../node-plan.ts';
import { type CursorScope, decodeCursor, type Position } from '../tokens/cursor.ts';

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
  args: PageArguments,
  parts: ConnectionParts,
  values: PlanValues,
): PageShape {
  checkCombination(args);
  const fromEnd = isGiven(args.last);
  const rows = fromEnd ? pageRows('last', args.last) : pageRows('first', args.first ?? DEFAULT_PAGE_ROWS);
  const offset = isGiven(args.offset) ? offsetRows(args.offset) : 0;
  const after = isGiven(args.after) ? boundary(decodeCursor(scope, 'after', args.after), values) : null;
  const before = isGiven(args.before) ? boundary(decodeCursor(scope, 'before', args.before), values) : null;
  // Without a cursor or an offset on the side where the page starts, no row can lie there: nothing to look for.
  const startsInside = fromEnd ? before !== null : after !== null || offset > 0;
  return {
    orderBy: scope.orderBy,
    after,
    before,
    fromEnd,
    limit: values.push(rows) - 1,
    offset: offset > 0 ? values.push(offset) - 1 : null,
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

function pageRows(name: 'first' | 'last', rows: number): number {
  if (rows >= 0 && rows <= MAX_PAGE_ROWS) return rows;
  throw badUserInput(`Expected ${name} to be from 0 to ${MAX_PAGE_ROWS}, but got ${rows}.`);
}

function offsetRows(offset: number): number {
  if (offset >= 0 && offset <= MAX_OFFSET_ROWS) return offset;
  throw badUserInput(
    `Expected offset to be from 0 to ${MAX_OFFSET_ROWS}, but got ${offset}. Cursors (after, before) have no such bound.`,
  );
}

const boundary = (position: Position, values: PlanValues): Boundary =>
  position.map((value) => {
    if (value === null) return null;
    if (typeof value !== 'object') return values.push(value) - 1;
    return { stored: values.push(packStored(value)) - 1 };
  });
