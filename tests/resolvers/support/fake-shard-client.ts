import type { Model, WireKind, WireValue } from '../../../src/model/types.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import type { RowOperation } from '../../../src/shards/operation.ts';
import type { Answer, AnswerOf, RowAnswer } from '../../../src/shards/plan/answer.ts';
import { HIGHLIGHTS_COLUMN, RANK_COLUMN } from '../../../src/shards/plan/computed.ts';
import { type PlanNode, VERSION_COLUMN } from '../../../src/shards/plan/node.ts';
import type { Read } from '../../../src/shards/plan/read.ts';

const VALUE_BY_WIRE: Readonly<Record<WireKind, WireValue>> = {
  text: 'x',
  int: 1,
  int64: '1',
  real: 1.5,
  decimal: '1.5',
  blob: '00ff',
  bigintBlob: '1',
  jsonBlob: '{}',
};

const OUTCOMES = {
  create: 'INSERTED',
  update: 'UPDATED',
  upsert: 'INSERTED',
  delete: 'DELETED',
  find: 'UNCHANGED',
  unlink: 'DELETED',
  restore: 'UPDATED',
  purge: 'DELETED',
} as const;

/**
 * A client that answers every plan with made-up rows of the right shape (`width` per page) and records what it was
 * asked. `failing`: reads of these tables fail.
 */
export class FakeShardClient implements Pick<ShardClient, 'read' | 'write'> {
  readonly reads: Read[] = [];
  readonly writes: { readonly shardKey: string; readonly operations: readonly RowOperation[] }[] = [];
  readonly #model: Model;
  readonly #width: number;
  readonly #failing: ReadonlyMap<string, Error>;
  #counter = 0;

  constructor(model: Model, width = 2, failing: ReadonlyMap<string, Error> = new Map()) {
    this.#model = model;
    this.#width = width;
    this.#failing = failing;
  }

  async read<Node extends PlanNode>(read: Read<Node>): Promise<readonly AnswerOf<Node>[]> {
    this.reads.push(read);
    const failure = this.#failing.get(read.plan.node.table);
    if (failure) throw failure;
    return read.keys.map(() => this.#answer(read.plan.node) as AnswerOf<Node>);
  }

  async write(shardKey: string, operations: readonly RowOperation[]) {
    this.writes.push({ shardKey, operations });
    const results = operations.map((operation) => {
      const select = 'select' in operation ? operation.select : null;
      return {
        outcomes: [OUTCOMES[operation.kind]],
        rows: select === null ? [] : [this.#row(JSON.parse(select.plan))],
      };
    });
    return { shard: 'shard-0', version: 1, epoch: 1, origin: null, results, readBack: null };
  }

  #answer(node: PlanNode): Answer {
    if (node.page === null) return this.#row(node);
    const count = node.page.rows ? this.#width : 0;
    return {
      rows: Array.from({ length: count }, () => this.#row(node)),
      // Sets of keys are whole.
      hasMore: node.page.distinct !== true,
      hasBefore: node.page.probeOtherSide,
      total: node.page.totalCount ? this.#width : null,
    };
  }

  #row(node: PlanNode): RowAnswer {
    const table = this.#model.table(node.table);
    const cells = node.columns.map((name): WireValue => {
      if (name === VERSION_COLUMN) return '42';
      if (name === RANK_COLUMN) return 1;
      if (name === HIGHLIGHTS_COLUMN) return '[]';
      const column = table.columnByName.get(name);
      // Computed columns.
      if (column === undefined) return null;
      if (column.enum) return column.enum.values[0]![1];
      if (column.scalar === 'JSON') return '{}';
      if (column.dateTime === 'iso') return '2026-01-01T00:00:00.000Z';
      if (column.scalar === 'ID' && column.wire === 'text') return `${name}-${++this.#counter}`;
      return VALUE_BY_WIRE[column.wire];
    });
    return [...cells, ...node.relations.map((relation) => this.#answer(relation.node))];
  }
}
