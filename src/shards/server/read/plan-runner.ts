import { BoundedMap } from '../../../lib/bounded-map.ts';
import type { Model, WireValue } from '../../../model/types.ts';
import type { Answer } from '../../plan/answer.ts';
import type { PlanNode } from '../../plan/node.ts';
import type { ReadCall } from '../../plan/read.ts';
import { tablesOf } from '../../plan/tables-of.ts';
import type { ExplainedStatement } from '../../protocol/explain.ts';
import { toShardKey } from '../../shard-key.ts';
import { AnswerSizes } from './answer-size.ts';
import { checkPlan } from './check-plan.ts';
import { type CompiledNode, compileNode } from './compiled-node.ts';
import { groupKeys } from './key-set.ts';
import { placeholder } from './placeholder-rows.ts';
import { answerKeys, emptyAnswer, type Run } from './run-node.ts';
import type { ReadSession } from './text-decisions.ts';

/** Total length of the plan texts kept: those of several hundred GraphQL documents; as much as SQLite keeps of SQL text. */
const MAX_CACHED_CHARACTERS = 1_000_000;

export interface RunOptions {
  /** Leave out rows whose shard key's slot the shard does not own (tables `_keys` and `_slots`). */
  readonly visibleOnly: boolean;
}

export interface Explained {
  readonly statements: readonly ExplainedStatement[];
  /** As {@link PlanRunner.run} gives them, of made-up rows. */
  readonly answers: readonly Answer[];
}

interface KnownPlan {
  readonly node: CompiledNode;
  readonly tables: readonly string[];
}

/** Answers read plans. Each plan text is parsed and compiled once; its statements are made as they are first needed. */
export class PlanRunner {
  readonly #model: Model;
  readonly #plans = new BoundedMap<string, KnownPlan>(MAX_CACHED_CHARACTERS);

  constructor(model: Model) {
    this.#model = model;
  }

  /**
   * One answer per key of the call, in order. Synchronous, so all of it is read from one state.
   *
   * @param sizes shared by the calls of a request, which bounds their rows together.
   * @throws ShardQLError COST_LIMIT_EXCEEDED for answers of too many rows; BAD_USER_INPUT for plans beyond the platform's limits or of unknown tables and columns; SHARD_UNAVAILABLE for those of a newer release.
   */
  run(session: ReadSession, call: ReadCall, options: RunOptions, sizes = new AnswerSizes()): Answer[] {
    return this.#answer(this.#known(call.plan).node, call, { session, explains: false, ...options, sizes });
  }

  /** Types of all tables that the plan looks at. */
  tablesOf(plan: string): readonly string[] {
    return this.#known(plan).tables;
  }

  /**
   * Tells the statements that a call takes and how SQLite would run each, without running any: what they would give is made
   * up, so that those below them are made too. A null in a key stands for a value that is not known.
   */
  explain(session: ReadSession, call: ReadCall, options: RunOptions): Explained {
    const statements: ExplainedStatement[] = [];
    const note = (sql: string, bindings: SqlStorageValue[]): [] => {
      const lines = session.rows(`EXPLAIN QUERY PLAN ${sql}`, ...bindings);
      statements.push({ sql, queryPlan: lines.map((line) => String(line[3])) });
      return [];
    };
    const recorder: ReadSession = {
      rows: (sql, ...bindings) => note(sql, bindings),
      *each(sql, ...bindings) {
        yield* note(sql, bindings);
      },
    };
    const { node } = this.#known(call.plan);
    const keys = call.keys.map((key) => key.map((part, at) => part ?? placeholder(node, node.match[at]!, 0)));
    const run = { session: recorder, explains: true, ...options, sizes: new AnswerSizes() };
    const answers = this.#answer(node, { ...call, keys }, run);
    return { statements, answers };
  }

  #answer(node: CompiledNode, call: ReadCall, run: Omit<Run, 'values'>): Answer[] {
    const from = call.keys[0]?.map((_, position) => position) ?? [];
    const confined = confine(node, call.shardKeys);
    const keys = groupKeys(call.keys, from, confined.keepsKey);
    const answers = answerKeys(node, keys, confined.shardKeys, { ...run, values: call.values });
    run.sizes.spend(answers, node);
    return keys.keyOfRow.map((key) => (key < 0 ? emptyAnswer(node) : answers[key]!));
  }

  #known(text: string): KnownPlan {
    let known = this.#plans.use(text);
    if (known === undefined) {
      const node = JSON.parse(text) as PlanNode;
      checkPlan(node);
      known = { node: compileNode(this.#model, node), tables: [...new Set(tablesOf(node))] };
      this.#plans.set(text, known, text.length);
    }
    return known;
  }
}

/** How a call is held to its shard keys: by its keys where they contain one, else by a condition on the rows. */
function confine(node: CompiledNode, shardKeys: readonly string[] | null) {
  const position = node.shardKeyPosition;
  if (shardKeys === null || position < 0) return { shardKeys, keepsKey: null };
  const allowed = new Set(shardKeys);
  const { shardKey } = node.table;
  const keepsKey = (key: readonly unknown[]) =>
    allowed.has(toShardKey(shardKey, key[position] as Exclude<WireValue, null>));
  return { shardKeys: null, keepsKey };
}
