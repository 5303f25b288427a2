import type { WireValue } from '../../../../model/types.ts';
import { decimalToWire } from '../../../../model/values/stored-decimal.ts';
import type { Misfit } from '../../../misfit.ts';
import type { Answer, GroupRow, MeasureRow, OneAnswer, PageAnswer } from '../../../plan/answer.ts';
import type { ShardKey } from '../../../shard-key.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { failedOnValues } from '../../../sql/statement-error.ts';
import type { CompiledGrouping } from '../compile/compiled-grouping.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';
import { type Field, isStored } from '../compile/fields.ts';
import { groupKeys, type KeySet } from '../sql/key-set.ts';
import { confinementOf } from '../sql/key-source.ts';
import {
  countStatement,
  probeStatement,
  type RowsVariant,
  rowsStatement,
  undecidedStatement,
} from '../sql/node-statements.ts';
import type { Scope } from '../sql/parameters.ts';
import type { Statement, StatementCache } from '../sql/statement.ts';
import { type AnswerSizes, MAX_ANSWER_ROWS, mayExceedAnswer, TooManyBytes, tooManyRows } from './answer-size.ts';
import { evaluateTextPredicate } from './evaluate-text-predicate.ts';
import { type FoundMisfit, findMisfits, readGenerated, skipped } from './find-misfits.ts';
import { fixesOrder } from './fixed-order.ts';
import { runGrouping } from './run-grouping.ts';

/** One run of a plan. */
export interface Run {
  readonly session: ReadSession;
  readonly values: Scope['values'];
  readonly visibleOnly: boolean;
  readonly sizes: AnswerSizes;
  readonly statements: StatementCache;
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
export function answerKeys(
  node: CompiledNode,
  keys: KeySet,
  shardKeys: readonly ShardKey[] | null,
  run: Run,
): Answer[] {
  if (keys.keys.length === 0) return [];
  const execution = new NodeExecution(node, keys, shardKeys, run);
  return node.page === null ? execution.ones() : execution.pages();
}

export class NodeExecution {
  readonly #node: CompiledNode;
  readonly #count: number;
  readonly #run: Run;
  readonly #scope: Scope;
  readonly #variant: RowsVariant;
  /** Cells that do not fit. They stay as they are until relations have been read by them. */
  readonly #misfits: FoundMisfit[] = [];

  constructor(node: CompiledNode, keys: KeySet, shardKeys: readonly ShardKey[] | null, run: Run) {
    this.#node = node;
    this.#count = keys.keys.length;
    this.#run = run;
    this.#variant = {
      varying: keys.varying,
      visibleOnly: run.visibleOnly,
      confinement: confinementOf(shardKeys),
      fixedOrder: fixesOrder(node, keys, shardKeys, run.values),
    };
    const decided: string[] = [];
    this.#scope = { values: run.values, keys, shardKeys, decided };
    for (const [filter, predicate] of node.textPredicates) {
      const compile = () =>
        this.#statement(`undecided ${predicate.index}`, () =>
          undecidedStatement(node, this.#variant, filter, predicate),
        );
      decided.push(evaluateTextPredicate(run.session, filter, this.#scope, compile));
    }
  }

  ones(): OneAnswer[] {
    const answers = this.#rowsByKey().map((rows) => (rows.length > 1 ? 'ambiguous' : (rows[0] ?? null)));
    this.#relate(answers.filter((answer): answer is Row => Array.isArray(answer)));
    return answers;
  }

  pages(): PageAnswer[] {
    const pages = this.#pagesOf(this.#node.page!.rows ? this.#rowsByKey() : this.#noRows());
    this.#relate(pages.flatMap(({ rows }) => rows));
    return pages;
  }

  /** The page of the only key, of rows that another statement gives. */
  pageOf(rows: readonly (readonly unknown[])[]): PageAnswer {
    return this.#pagesOf([rows as Row[]])[0]!;
  }

  /** What decides the text of the node's statements. */
  get variant(): RowsVariant {
    return this.#variant;
  }

  /**
   * What a statement gives for the keys.
   *
   * @throws ShardQLError COST_LIMIT_EXCEEDED for too many rows or bytes.
   */
  rowsOf({ sql, parameters }: Statement): SqlStorageValue[][] {
    const bindings = parameters.bind(this.#scope);
    const { session, sizes } = this.#run;
    let count = 0;
    const rows = session.rowsWhile((row) => ++count <= 2 * MAX_ANSWER_ROWS && sizes.readsRow(row), sql, ...bindings);
    if (rows === null) throw count > 2 * MAX_ANSWER_ROWS ? tooManyRows() : new TooManyBytes();
    return rows;
  }

  #pagesOf(rowsByKey: readonly Row[][]): GrowingPage[] {
    const page = this.#node.page!;
    const limit = Number(this.#run.values[page.limit]);
    const pages = rowsByKey.map((rows) => {
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
      const columns = node.columns.map((field, position) => (isGenerated(position) ? skipped(field) : field));
      const rows = this.#readColumns(columns, node.decimals);
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
   * @param decimals positions of decimals among them.
   */
  #readColumns(columns: readonly Field[], decimals: readonly number[] = []): Row[][] {
    const node: CompiledNode = { ...this.#node, columns, decimals };
    const id = `rows of ${columns.map((field) => (isStored(field) ? field.name : `${field.name} = ${field.wire}`)).join()}`;
    return this.#split(node, this.#rows(id, () => rowsStatement(node, this.#variant)) as Row[]);
  }

  #split(node: CompiledNode, rows: readonly Row[]): Row[][] {
    const byKey = this.#noRows();
    const keyed = this.#variant.varying.length > 0;
    for (const row of rows) byKey[keyed ? (row.pop() as number) : 0]!.push(row);
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
      const text = row![0] as string;
      // Cells are counted one by one as they are read.
      return this.#run.sizes.readsText(text.length) ? (JSON.parse(text) as Row[]) : null;
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
    if (isWhole && !pages.some(({ hasMore }) => hasMore)) {
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
        row.push(key < 0 ? none : answers[key]!);
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
    return this.#variant.varying.length > 0 ? (rows as [number, number][]) : rows.map(([value]) => [0, value!]);
  }

  #rows(kind: string, compile: () => Statement): SqlStorageValue[][] {
    return this.rowsOf(this.#statement(kind, compile));
  }

  #mayExceedAnswer(): boolean {
    return mayExceedAnswer(this.#node, this.#count, this.#run.values);
  }

  #statement(kind: string, compile: () => Statement): Statement {
    const { varying, visibleOnly, confinement, fixedOrder } = this.#variant;
    return this.#run.statements.use(
      this.#node,
      `${kind} ${varying.join()} ${visibleOnly} ${confinement} ${fixedOrder}`,
      compile,
    );
  }
}
