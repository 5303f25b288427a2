import type { WireValue } from '../../../model/types.ts';
import { decimalToWire } from '../../../model/values/stored-decimal.ts';
import type { Misfit } from '../../misfit.ts';
import type { Answer, GroupRow, MeasureRow, OneAnswer, PageAnswer } from '../../plan/answer.ts';
import type { Boundary } from '../../plan/order.ts';
import { type ShardKey, shardKeyToWire } from '../../shard-key.ts';
import { failedOnValues } from '../statement-error.ts';
import { type AnswerSizes, MAX_ANSWER_ROWS, tooManyRows } from './answer-size.ts';
import type { CompiledGrouping } from './compiled-grouping.ts';
import type { CompiledNode } from './compiled-node.ts';
import { type FoundMisfit, findMisfits, leftOut, readGenerated } from './find-misfits.ts';
import { groupKeys, type KeySet } from './key-set.ts';
import {
  countStatement,
  probeStatement,
  type RowsVariant,
  rowsStatement,
  SHARED_COLUMN_SEPARATOR,
  undecidedStatement,
} from './node-statements.ts';
import type { Scope } from './parameters.ts';
import { placeholderRows } from './placeholder-rows.ts';
import { runGrouping } from './run-grouping.ts';
import type { Statement } from './statement.ts';
import { decideTextFilter, type ReadSession } from './text-decisions.ts';
import type { Field } from './wire-sql.ts';

/** One run of a plan. */
export interface Run {
  readonly session: ReadSession;
  readonly values: Scope['values'];
  readonly visibleOnly: boolean;
  /** Statements are only explained: the session gives no rows, and made-up ones take their place. */
  readonly explains: boolean;
  readonly sizes: AnswerSizes;
}

/** A row while its answer grows: the columns, then one answer per relation. */
type Row = (WireValue | Answer | Misfit)[];

type GrowingPage = {
  -readonly [Part in keyof PageAnswer]: PageAnswer[Part];
} & { rows: Row[]; groups?: (readonly GroupRow[] | null)[] };

/** The page of a key that matches nothing, or the missing row. */
export const emptyAnswer = ({ page }: CompiledNode): Answer =>
  page === null ? null : { rows: [], hasMore: false, hasBefore: false, total: page.totalCount ? 0 : null };

/**
 * Answers a node for distinct keys, in their order: one statement for the rows of all keys, one for counts and one for
 * probes where asked for, one per text filter that JavaScript decides; then the same for each relation.
 *
 * @param shardKeys confines the rows by a condition of their own; null if keys say their shard key, or for a scatter.
 */
export function answerKeys(node: CompiledNode, keys: KeySet, shardKeys: readonly string[] | null, run: Run): Answer[] {
  if (keys.keys.length === 0) return [];
  const execution = new NodeExecution(node, keys, shardKeys, run);
  return node.page === null ? execution.ones() : execution.pages();
}

class NodeExecution {
  readonly #node: CompiledNode;
  readonly #count: number;
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #variant: RowsVariant;
  /** Cells that do not fit. They stay as they are until relations have been read by them. */
  readonly #misfits: FoundMisfit[] = [];

  constructor(node: CompiledNode, keys: KeySet, shardKeys: readonly string[] | null, run: Run) {
    this.#node = node;
    this.#count = keys.keys.length;
    this.#run = run;
    this.#variant = {
      varying: keys.varying,
      visibleOnly: run.visibleOnly,
      confinement: shardKeys === null ? 'any' : shardKeys.length === 1 ? 'one' : 'many',
      fixedOrder: fixesOrder(node, keys, shardKeys, run.values),
    };
    const decided: string[] = [];
    this.#scope = { values: run.values, keys, shardKeys, decided };
    for (const [filter, decision] of node.decisions) {
      const compile = () =>
        this.#statement(`undecided ${decision.index}`, () => undecidedStatement(node, this.#variant, filter, decision));
      decided.push(decideTextFilter(run.session, filter, this.#scope, compile));
    }
  }

  ones(): OneAnswer[] {
    const answers = this.#rowsByKey().map((rows) => (rows.length > 1 ? 'ambiguous' : (rows[0] ?? null)));
    this.#relate(answers.filter((answer): answer is Row => Array.isArray(answer)));
    return answers;
  }

  pages(): PageAnswer[] {
    const page = this.#node.page!;
    const limit = Number(this.#run.values[page.limit]);
    const pages = (page.rows ? this.#rowsByKey() : this.#noRows()).map((rows) => {
      const hasMore = rows.length > limit;
      if (hasMore) rows.pop();
      if (page.fromEnd) rows.reverse();
      return { rows, hasMore, hasBefore: false, total: null } as GrowingPage;
    });
    if (page.rows && page.probeOtherSide)
      for (const [key, hasBefore] of this.#probe(pages)) pages[key]!.hasBefore = hasBefore;
    if (page.whole)
      for (const [key, aggregate] of this.#aggregates(page.whole, pages)) pages[key]!.aggregate = aggregate;
    if (page.totalCount) for (const [key, total] of this.#totals(pages)) pages[key]!.total = total;
    const groupsByKey = page.groupings.map((grouping, at) => this.#grouped(`groups ${at}`, grouping));
    if (groupsByKey.length > 0) {
      for (const [key, answer] of pages.entries()) answer.groups = groupsByKey.map((groups) => groups[key]!);
    }
    this.#relate(pages.flatMap(({ rows }) => rows));
    return pages;
  }

  *#aggregates(whole: CompiledGrouping, pages: readonly GrowingPage[]): Generator<[key: number, row: MeasureRow]> {
    if (whole.empty.length === 0) {
      for (const [key, total] of this.#totals(pages)) yield [key, [total]];
      return;
    }
    for (const [key, groups] of this.#grouped('aggregate', whole).entries()) {
      yield [key, groups![0]?.measures ?? [0, ...whole.empty]];
    }
  }

  #grouped(id: string, grouping: CompiledGrouping): (readonly GroupRow[] | null)[] {
    const { session, sizes } = this.#run;
    const statement = (kind: string, compile: () => Statement) => this.#statement(kind, compile);
    const [node, variant, scope] = [this.#node, this.#variant, this.#scope];
    return runGrouping({ node, variant, grouping, scope, session, sizes, statement, id });
  }

  #rowsByKey(): Row[][] {
    if (this.#run.explains) {
      this.#read(this.#node);
      return placeholderRows(this.#node, this.#scope);
    }
    const byKey = this.#readOrFindFailed();
    const read = (columns: readonly Field[]) => this.#readColumns(columns);
    if (this.#node.page?.distinct !== true) this.#misfits.push(...findMisfits(this.#node, byKey, read));
    return byKey;
  }

  /** A generated column that fails for one row fails the statement; the other rows, and columns, are read all the same. */
  #readOrFindFailed(): Row[][] {
    const node = this.#node;
    try {
      return this.#split(node, this.#read(node));
    } catch (error) {
      const { session } = this.#run;
      if (!node.checks.some(({ column }) => column.generated) || !failedOnValues(session, error)) throw error;
      const isGenerated = (position: number) =>
        node.checks.some((it) => it.position === position && it.column.generated);
      const columns = node.columns.map((field, position) => (isGenerated(position) ? leftOut(field) : field));
      const rows = this.#readColumns(columns, node);
      this.#misfits.push(...readGenerated(node, rows, session, (others) => this.#readColumns(others)));
      return rows;
    }
  }

  #read(node: CompiledNode): Row[] {
    const keyed = this.#variant.varying.length > 0;
    return (keyed && this.#jsonRows()) || (this.#rows('rows', () => rowsStatement(node, this.#variant)) as Row[]);
  }

  /**
   * The rows with other columns, in the same order, cell by cell.
   *
   * @param like what is told of columns by their positions.
   */
  #readColumns(columns: readonly Field[], like: Positions = NO_POSITIONS): Row[][] {
    const node: CompiledNode = { ...this.#node, columns, sharedColumn: like.sharedColumn, decimals: like.decimals };
    const id = `rows of ${columns.map((field) => ('sql' in field ? `${field.name} = ${field.wire}` : field.name)).join()}`;
    return this.#split(node, this.#rows(id, () => rowsStatement(node, this.#variant)) as Row[]);
  }

  #split(node: CompiledNode, rows: readonly Row[]): Row[][] {
    const byKey = this.#noRows();
    const keyed = this.#variant.varying.length > 0;
    for (const row of rows) byKey[keyed ? takeKey(node, row) : 0]!.push(row);
    // SQL has no rows without columns.
    if (node.columns.length === 0) for (const row of rows) row.length = 0;
    for (const column of node.decimals) {
      for (const row of rows) if (row[column] !== null) row[column] = decimalToWire(row[column] as number | string);
    }
    return byKey;
  }

  /** The rows of several keys in one text; null if they are to be read cell by cell. */
  #jsonRows(): Row[] | null {
    if (!this.#node.jsonRows || this.#mayExceedAnswer()) return null;
    const { sql, parameters } = this.#statement('json rows', () => rowsStatement(this.#node, this.#variant, true));
    try {
      const [row] = this.#run.session.rows(sql, ...parameters.bind(this.#scope));
      // There is none where statements are only explained.
      return row === undefined ? [] : (JSON.parse(row[0] as string) as Row[]);
    } catch {
      // Too long for a value of SQLite, or with a blob where a text should be: cells have no such bounds.
      return null;
    }
  }

  #noRows(): Row[][] {
    return Array.from({ length: this.#count }, () => []);
  }

  *#probe(pages: readonly PageAnswer[]): Generator<[key: number, hasBefore: boolean]> {
    const page = this.#node.page!;
    const near = page.fromEnd ? page.before : page.after;
    const isOffset = page.offset !== null && Number(this.#run.values[page.offset]) > 0;
    if (near === null && !isOffset) return;
    // Rows that an offset left out lie before every row that is left.
    if (isOffset && pages.every(({ rows, hasMore }) => rows.length > 0 || hasMore)) {
      for (const key of pages.keys()) yield [key, true];
      return;
    }
    for (const [key, found] of this.#perKey('probe', () => probeStatement(this.#node, this.#variant))) {
      yield [key, found === 1];
    }
  }

  *#totals(pages: readonly GrowingPage[]): Generator<[key: number, total: number]> {
    const page = this.#node.page!;
    if (pages.every(({ aggregate }) => aggregate !== undefined)) {
      for (const [key, { aggregate }] of pages.entries()) yield [key, aggregate![0]];
      return;
    }
    const isWhole = page.rows && page.after === null && page.before === null && page.offset === null;
    if (isWhole && !this.#run.explains && !pages.some(({ hasMore }) => hasMore)) {
      for (const [key, { rows }] of pages.entries()) yield [key, rows.length];
      return;
    }
    yield* this.#perKey('count', () => countStatement(this.#node, this.#variant));
  }

  /** Places the answers of each relation behind the columns of the rows. */
  #relate(rows: readonly Row[]): void {
    for (const { from, node } of this.#node.relations) {
      const groups = groupKeys(rows, from);
      const answers = answerKeys(node, groups, null, this.#run);
      this.#run.sizes.note(answers, node);
      const none = emptyAnswer(node);
      for (const [at, row] of rows.entries()) {
        const key = groups.keyOfRow[at]!;
        // Made-up rows are alike: one of each level with all below it, or the answer would double with each level.
        const isLeft = this.#run.explains && at > 0;
        row.push(key < 0 || isLeft ? none : answers[key]!);
      }
    }
    for (const { row, position, misfit } of this.#misfits) this.#mark(row as Row, position, misfit);
  }

  /** Nothing is related by a value that is none. */
  #mark(row: Row, position: number, misfit: Misfit): void {
    row[position] = misfit;
    for (const [at, { from }] of this.#node.relations.entries()) {
      if (from.includes(position)) row[this.#node.columns.length + at] = misfit;
    }
  }

  #perKey(kind: string, compile: () => Statement): [key: number, value: number][] {
    const rows = this.#rows(kind, compile) as number[][];
    if (this.#run.explains) return this.#scope.keys.keys.map((_, key) => [key, 0]);
    return this.#variant.varying.length > 0 ? (rows as [number, number][]) : rows.map(([value]) => [0, value!]);
  }

  #rows(kind: string, compile: () => Statement): SqlStorageValue[][] {
    const { sql, parameters } = this.#statement(kind, compile);
    const bindings = parameters.bind(this.#scope);
    if (!this.#mayExceedAnswer()) return this.#run.session.rows(sql, ...bindings);
    const rows: SqlStorageValue[][] = [];
    for (const row of this.#run.session.each(sql, ...bindings)) {
      if (rows.push(row) > 2 * MAX_ANSWER_ROWS) throw tooManyRows();
    }
    return rows;
  }

  /** So many keys that their rows have to be counted while they are read; each page reads one row further. */
  #mayExceedAnswer(): boolean {
    const { page } = this.#node;
    return page !== null && this.#count * Number(this.#run.values[page.limit]) > MAX_ANSWER_ROWS;
  }

  #statement(kind: string, compile: () => Statement): Statement {
    const { varying, visibleOnly, confinement, fixedOrder } = this.#variant;
    const id = `${kind} ${varying.join()} ${visibleOnly} ${confinement} ${fixedOrder}`;
    let statement = this.#node.statements.get(id);
    if (statement === undefined) {
      statement = compile();
      this.#node.statements.set(id, statement);
    }
    return statement;
  }
}

type Positions = Pick<CompiledNode, 'sharedColumn' | 'decimals'>;

const NO_POSITIONS: Positions = { sharedColumn: -1, decimals: [] };

function takeKey({ sharedColumn }: Positions, row: Row): number {
  if (sharedColumn < 0) return row.pop() as number;
  const [version, key] = (row[sharedColumn] as string).split(SHARED_COLUMN_SEPARATOR) as [string, string];
  row[sharedColumn] = version;
  return Number(key);
}

/**
 * Boundaries come from rows of the same key, unless a client mixes cursors: then the order columns that a key fixes
 * count like the others.
 */
function fixesOrder(
  { page, match, through, table }: CompiledNode,
  { keys, varying }: KeySet,
  shardKeys: readonly string[] | null,
  values: Scope['values'],
): boolean {
  if (page === null) return true;
  const fixed = new Map<string, WireValue | undefined>();
  if (shardKeys?.length === 1) fixed.set(table.shardKey.name, shardKeyToWire(table.shardKey, shardKeys[0] as ShardKey));
  if (through === null) {
    for (const [at, { name }] of match.entries()) fixed.set(name, varying.includes(at) ? undefined : keys[0]![at]);
  }
  const holds = (boundary: Boundary | null) =>
    page.orderBy.every(({ column }, at) => {
      const value = boundary?.[at];
      if (value === undefined || !fixed.has(column)) return true;
      return typeof value === 'number' && values[value] === fixed.get(column);
    });
  return holds(page.after) && holds(page.before);
}
