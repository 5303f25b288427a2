import { BoundedMap } from '../../../../lib/bounded-map.ts';
import type { Model } from '../../../../model/types.ts';
import { MEMORY } from '../../../isolate-memory.ts';
import type { Answer } from '../../../plan/answer.ts';
import { parsePlan } from '../../../plan/compiled-plan.ts';
import type { PlanNode } from '../../../plan/node.ts';
import type { ReadCall } from '../../../plan/read.ts';
import { tablesOf } from '../../../plan/tables-of.ts';
import { visitPlan } from '../../../plan/visit-plan.ts';
import type { ExplainedStatement } from '../../../protocol/shard-rpc.ts';
import type { ReadSession } from '../../../sql/sql-session.ts';
import { checkPlan } from '../compile/check-plan.ts';
import { type CompiledNode, compileNode } from '../compile/compiled-node.ts';
import { groupKeys } from '../sql/key-set.ts';
import { StatementCache } from '../sql/statement.ts';
import { AnswerSizes } from './answer-size.ts';
import { confine } from './confine.ts';
import { explainPlan } from './explain-plan.ts';
import { answerKeys, emptyAnswer, type Run } from './run-node.ts';
import { AnswerWriter, type WrittenAnswer } from './write-answer.ts';

/** What a compiled plan, its statements included, takes for each character of its text, about. */
const BYTES_PER_CHARACTER = 10;

export interface RunOptions {
  /** Leave out rows whose shard key's slot the shard does not own (tables `_keys` and `_slots`). */
  readonly visibleOnly: boolean;
}

/** What an answer about a row depends on. */
export interface PlanNeeds {
  /** Columns of the row itself, by GraphQL field name. */
  readonly columns: ReadonlySet<string>;
  /** Types of the tables that are looked at besides the row, its own among them if other rows of that are. */
  readonly tables: ReadonlySet<string>;
}

interface CachedPlan {
  readonly node: CompiledNode;
  readonly tables: readonly string[];
  readonly needs: PlanNeeds;
  readonly searches: boolean;
  readonly statements: StatementCache;
}

/** Answers read plans. Each plan text is parsed and compiled once; its statements are made as they are first needed. */
export class PlanRunner {
  readonly #model: Model;
  readonly #plans = new BoundedMap<string, CachedPlan>(MEMORY['read-plans']);
  /** By what is shown, and the plan. */
  readonly #writers = new BoundedMap<string, AnswerWriter>(MEMORY['read-plans']);

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * One answer per key of the call, in order. Synchronous, so all of it is read from one state.
   *
   * @param sizes shared by the calls of a request, which bounds their rows together.
   * @throws ShardQLError COST_LIMIT_EXCEEDED for answers of too many rows or bytes; BAD_USER_INPUT for plans beyond the platform's limits; OtherRelease for those that name what the model lacks.
   */
  run(session: ReadSession, call: ReadCall, options: RunOptions, sizes = new AnswerSizes()): Answer[] {
    const { node, statements } = this.#compiled(call.plan);
    const from = call.keys[0]?.map((_, position) => position) ?? [];
    const confined = confine(node, call.shardKeys);
    const keys = groupKeys(call.keys, from, confined.keepsKey);
    const run: Run = { session, ...options, sizes, statements, values: call.values };
    const answers = sizes.call(() => answerKeys(node, keys, confined.shardKeys, run));
    sizes.spend(answers, node);
    return keys.keyOfRow.map((key) => (key < 0 ? emptyAnswer(node) : answers[key]!));
  }

  /**
   * The answer to the only key of a call, with its rows as JSON text; null where the call is to be run. Synchronous, so both are of one state.
   *
   * @param maxBytes of the text.
   */
  write(
    session: ReadSession,
    call: ReadCall,
    shape: string,
    options: RunOptions,
    sizes: AnswerSizes,
    maxBytes: number,
  ): WrittenAnswer | null {
    if (call.keys.length !== 1) return null;
    const { node } = this.#compiled(call.plan);
    const confined = confine(node, call.shardKeys);
    const keys = groupKeys(call.keys, call.keys[0]!.keys().toArray(), confined.keepsKey);
    if (keys.keys.length !== 1) return null;
    const id = `${shape}\n${call.plan}`;
    let writer = this.#writers.use(id);
    if (writer === undefined) {
      writer = new AnswerWriter(node, shape);
      this.#writers.set(id, writer, BYTES_PER_CHARACTER * shape.length + call.plan.length);
    }
    return writer.write({ session, ...options, sizes, values: call.values }, keys, confined.shardKeys, maxBytes);
  }

  /** Types of all tables that the plan looks at. */
  tablesOf(plan: string): readonly string[] {
    return this.#compiled(plan).tables;
  }

  /** True if the plan looks at full-text indexes. */
  searches(plan: string): boolean {
    return this.#compiled(plan).searches;
  }

  /** What the plan looks at to answer for one row. */
  needsOf(plan: string): PlanNeeds {
    return this.#compiled(plan).needs;
  }

  /**
   * The statements that a call takes, and how SQLite would run each. Nothing is read. A part of a key that is null stands
   * for a value that is not known.
   */
  explain(session: ReadSession, call: ReadCall, { visibleOnly }: RunOptions): ExplainedStatement[] {
    const { node } = this.#compiled(call.plan);
    return [...explainPlan(node, call, visibleOnly)].map(({ sql, parameters }) => {
      // Values do not matter: there are no statistics that SQLite could hold them against.
      const lines = session.rows(`EXPLAIN QUERY PLAN ${sql}`, ...Array.from({ length: parameters.count }, () => null));
      return { sql, queryPlan: lines.map((line) => String(line[3])) };
    });
  }

  #compiled(text: string): CachedPlan {
    let cached = this.#plans.use(text);
    if (cached === undefined) {
      const { node, tables } = parsePlan(text);
      checkPlan(node);
      const [needs, searches] = [needsOf(node), searchesIn(node)];
      cached = { node: compileNode(this.#model, node), tables, needs, searches, statements: new StatementCache() };
      this.#plans.set(text, cached, BYTES_PER_CHARACTER * text.length);
    }
    return cached;
  }
}

function searchesIn(node: PlanNode): boolean {
  let found = false;
  visitPlan(node, {
    source: ({ search }) => {
      found ||= search !== null;
    },
  });
  return found;
}

function needsOf(node: PlanNode): PlanNeeds {
  const columns = new Set<string>();
  const [, ...tables] = tablesOf(node);
  visitPlan(node, { column: (source, name) => source === node && columns.add(name) });
  return { columns, tables: new Set(tables) };
}
