import type { Requirement } from '../../cache/requirement.ts';
import { outlinePlan } from '../../plans/explain/plan-outline.ts';
import type { ShardClient, Written } from '../../shards/client/shard-client.ts';
import type { RowOperation } from '../../shards/operation.ts';
import type { Answer, PlanNode, RowAnswer } from '../../shards/plan.ts';
import type { ExplainedStatement } from '../../shards/protocol.ts';
import { NOTHING_SEEN } from '../../shards/seen-versions.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { ShardRead } from '../../shards/shard-read.ts';
import type { FieldReader } from '../consistency/request-reader.ts';

/** A read that would be made. */
export interface WouldRead {
  /** Response keys of the field that it would be for. */
  readonly path: readonly string[];
  readonly table: string;
  /** Names of the shards that would be asked; null: those of rows that were not read. */
  readonly shards: readonly string[] | null;
  /** Values by number, `$0`. */
  readonly plan: readonly string[];
  /** What each shard would run. */
  readonly statements: readonly ExplainedStatement[];
}

/** A write that would be tried, in one transaction; with what it would then show of its row. */
export interface WouldWrite extends WouldRead {
  readonly operation: RowOperation['kind'];
  /** Columns that name the row. */
  readonly key: readonly string[];
  /** Columns that would be given values. */
  readonly sets: readonly string[];
}

/** What a root field would do. */
export interface ExplainedField {
  /** Response key. */
  readonly field: string;
  readonly reads: readonly WouldRead[];
  readonly writes: readonly WouldWrite[];
  /** Paths of fields of users' own code, which is not run: what it would do is not known. */
  readonly notRun: readonly (readonly string[])[];
}

export interface Explanation {
  /** How many shards there are. */
  readonly shardCount: number;
  readonly fields: readonly ExplainedField[];
}

interface FieldDraft {
  /** Null: not told of yet, or failed. */
  readonly reads: (WouldRead | null)[];
  readonly writes: WouldWrite[];
  /** By text, each once. */
  readonly notRun: Map<string, readonly string[]>;
}

/**
 * Stands in for a request's reader and shards while the request is explained: reads give made-up rows, so that resolvers go
 * on to what lies below, and writes write nothing. One per request.
 */
export class Explainer implements FieldReader {
  readonly session = { seen: NOTHING_SEEN, written: NOTHING_SEEN };
  /** The request's shards, but for writes. */
  readonly shards: ShardClient;
  readonly #client: ShardClient;
  /** By response key, in the order in which they began. */
  readonly #fields = new Map<string, FieldDraft>();
  readonly #writes: WouldWrite[] = [];
  /** Paths of rows that are to be written and that have to be found first. */
  readonly #sought = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #shardCount = 0;

  constructor(client: ShardClient) {
    this.#client = client;
    this.shards = { ...client, write: (shardKey, operations) => this.#track(this.#write(shardKey, operations)) };
  }

  read(read: ShardRead, _requirement: Requirement, path: readonly string[]): Promise<readonly Answer[]> {
    return this.#track(this.#read(read, path));
  }

  locate(read: ShardRead, path: readonly string[]): Promise<readonly Answer[]> {
    this.#sought.add(pathText(path));
    return this.#track(this.#read(read, path));
  }

  heldRow(): null {
    return null;
  }

  recordWrite(written: Written, _held: null, path: readonly string[]): void {
    // The number that the write was given here.
    const would = this.#writes[written.version]!;
    const shards = this.#sought.has(pathText(path)) ? null : would.shards;
    this.#fieldOf(path).writes.push({ ...would, path, shards });
  }

  /** A field of users' own code was met. */
  leftOut(path: readonly string[]): void {
    this.#fieldOf(path).notRun.set(pathText(path), path);
  }

  /** Once all reads are told of: a field that fails because it must not be null ends an execution before those beside it. */
  async explanation(): Promise<Explanation> {
    do {
      await Promise.allSettled([...this.#underWay]);
      await nextTurn();
    } while (this.#underWay.size > 0);
    const fields = [...this.#fields].map(([field, { reads, writes, notRun }]) => ({
      field,
      reads: reads.filter((read) => read !== null),
      writes,
      notRun: [...notRun.values()],
    }));
    return { shardCount: this.#shardCount, fields };
  }

  async #read(read: ShardRead, path: readonly string[]): Promise<readonly Answer[]> {
    const { reads } = this.#fieldOf(path);
    // Its place is that of its beginning, whenever it is told of.
    const place = reads.push(null) - 1;
    const explained = await this.#client.explain(read);
    this.#shardCount = explained.shardCount;
    // Below a root field keys come from rows, and those here are made up.
    const isKnown = read.shardKeys === null || path.length === 1;
    reads[place] = {
      path,
      table: read.node.table,
      shards: isKnown ? [...explained.shards].sort() : null,
      plan: outlinePlan(read.node),
      statements: explained.statements,
    };
    return explained.answers;
  }

  async #write(shardKey: ShardKey, operations: readonly RowOperation[]): Promise<Written> {
    const version = this.#writes.length;
    const rows: (RowAnswer | null)[] = [];
    let shards: readonly string[] = [];
    for (const operation of operations) {
      const { plan, values } = operation.select!;
      const node = JSON.parse(plan) as PlanNode;
      const key = node.match.map((column) => knownValue(operation, column));
      const explained = await this.#client.explain({ node, values, keys: [key], shardKeys: [shardKey] });
      this.#shardCount = explained.shardCount;
      shards = explained.shards;
      rows.push(explained.answers[0] as RowAnswer);
      this.#writes.push({
        path: [],
        operation: operation.kind,
        table: operation.table,
        key: operation.kind === 'create' ? [] : operation.key.columns,
        sets:
          operation.kind === 'delete'
            ? []
            : Object.keys(operation.kind === 'create' ? operation.values : operation.set),
        shards,
        plan: outlinePlan(node),
        statements: explained.statements,
      });
    }
    return { shard: shards[0]!, version, epoch: 0, rows, readBack: null };
  }

  #fieldOf([root]: readonly string[]): FieldDraft {
    const field = this.#fields.get(root!) ?? { reads: [], writes: [], notRun: new Map() };
    this.#fields.set(root!, field);
    return field;
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#underWay.add(work);
    const done = () => this.#underWay.delete(work);
    void work.then(done, done);
    return work;
  }
}

/** What an operation says of a column of its row; null: nothing. */
function knownValue(operation: RowOperation, column: string) {
  if (operation.kind === 'create') return operation.values[column] ?? null;
  return operation.key.values[operation.key.columns.indexOf(column)] ?? null;
}

const pathText = (path: readonly string[]): string => path.join('\n');

/** After all that was due at the end of this turn, such as gathering the reads of a level. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 0));
