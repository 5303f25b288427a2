import type { PageNodePlan } from '../../plans/node-plan.ts';
import { encodeCursor } from '../../plans/tokens/cursor.ts';
import type { PageAnswer, RowAnswer } from '../../shards/plan/answer.ts';
import { HIGHLIGHTS_COLUMN, RANK_COLUMN } from '../../shards/plan/computed.ts';
import type { ReadRun } from '../run/read-run.ts';
import { AggregateResult } from './aggregate-result.ts';
import type { Group } from './group.ts';
import { highlightsOf, type Marks, type SearchHighlight } from './highlights.ts';
import { cellOf, Row, storedCellOf } from './row.ts';
import { showGroups } from './show-groups.ts';

/** A page of rows as GraphQL's executor sees it. Keys are response keys below the connection. */
export class Connection {
  readonly #plan: PageNodePlan;
  readonly #answer: PageAnswer;
  readonly #run: ReadRun;

  constructor(plan: PageNodePlan, answer: PageAnswer, run: ReadRun) {
    this.#plan = plan;
    this.#answer = answer;
    this.#run = run;
  }

  nodes(key: string): Row[] {
    const view = this.#plan.views.get(key)!;
    return this.#answer.rows.map((cells) => new Row(view, cells, this.#run));
  }

  edges(key: string): Edge[] {
    return this.#answer.rows.map((cells) => new Edge(this.#plan, key, cells, this.#run));
  }

  get pageInfo(): PageInfo {
    const { rows, hasMore, hasBefore } = this.#answer;
    const { fromEnd } = this.#plan.compiled.node.page;
    const cursorOf = (cells: RowAnswer | undefined): string | null => (cells ? cursorOfRow(this.#plan, cells) : null);
    return {
      hasNextPage: fromEnd ? hasBefore : hasMore,
      hasPreviousPage: fromEnd ? hasMore : hasBefore,
      startCursor: () => cursorOf(rows[0]),
      endCursor: () => cursorOf(rows.at(-1)),
    };
  }

  /** Counted because it was selected. */
  get totalCount(): number {
    return this.#answer.total!;
  }

  get aggregate(): AggregateResult {
    const { whole } = this.#plan.aggregates;
    return new AggregateResult(whole, this.#answer.aggregate ?? whole.emptyRow);
  }

  groupBy(key: string): Group[] {
    const groups = this.#plan.aggregates.groups.get(key)!;
    if (groups instanceof Error) throw groups;
    return showGroups(groups.plan, this.#answer.groups ? this.#answer.groups[groups.position]! : []);
  }
}

export class Edge {
  readonly #plan: PageNodePlan;
  readonly #key: string;
  readonly #cells: RowAnswer;
  readonly #run: ReadRun;

  constructor(plan: PageNodePlan, key: string, cells: RowAnswer, run: ReadRun) {
    this.#plan = plan;
    this.#key = key;
    this.#cells = cells;
    this.#run = run;
  }

  node(key: string): Row {
    return new Row(this.#plan.views.get(`${this.#key}/${key}`)!, this.#cells, this.#run);
  }

  /** Null where nothing is searched. */
  get rank(): number | null {
    return this.#plan.compiled.node.search ? (cellOf(this.#plan.shape, this.#cells, RANK_COLUMN) as number) : null;
  }

  highlights(marks: Marks): SearchHighlight[] {
    if (!this.#plan.compiled.node.search) return [];
    const { shape } = this.#plan;
    return highlightsOf(shape.table, cellOf(shape, this.#cells, HIGHLIGHTS_COLUMN) as string, marks);
  }

  get cursor(): string {
    return cursorOfRow(this.#plan, this.#cells);
  }
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: () => string | null;
  readonly endCursor: () => string | null;
}

export const cursorOfRow = (plan: PageNodePlan, cells: RowAnswer): string =>
  encodeCursor(
    plan.cursor,
    plan.orderBy.map((term) => storedCellOf(plan.shape, cells, term.column)),
  );
