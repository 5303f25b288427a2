import type { WireKind, WireValue } from '../../../src/model/types.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import type { ShardMigration } from '../../../src/shards/migration-report.ts';
import type {
  CreateCell,
  ImportedRows,
  OperationOf,
  OperationResult,
  RowsWritten,
  WriteOperation,
} from '../../../src/shards/operation.ts';
import type { Answer } from '../../../src/shards/plan/answer.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../src/shards/plan/order.ts';
import type { ReadCall } from '../../../src/shards/plan/read.ts';
import type { Refused, WrongShard } from '../../../src/shards/protocol/envelope.ts';
import type { GatherAnswer, GatherRequest } from '../../../src/shards/protocol/gather.ts';
import type { JsonText } from '../../../src/shards/protocol/json-text.ts';
import { fromJsonText, toJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { CallOutcome, ReadReply, ReadRequest } from '../../../src/shards/protocol/read.ts';
import type {
  ExplainAnswer,
  ExplainRequest,
  PreviewRestoreAnswer,
  PublishAnswer,
  PublishRequest,
  RecallAnswer,
  RecallRequest,
  RestoresAnswer,
  SampleAnswer,
  ShardRpc,
  ShardStatus,
  StatusRequest,
} from '../../../src/shards/protocol/shard-rpc.ts';
import type { WriteAnswer, WriteFailed, WriteRequest } from '../../../src/shards/protocol/write.ts';
import { gatherReads } from '../../../src/shards/server/gather-reads.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import { type SlotRange, slotOf } from '../../../src/shards/slots.ts';
import { itemModel, itemTable } from './item-model.ts';

export type Item = Readonly<Record<string, WireValue>>;
type Method = 'read' | 'gather' | 'explain' | 'write' | 'recall' | 'publish' | 'status' | 'ping';

const NOTHING = { statements: 0, rowsRead: 0, rowsWritten: 0 };
const encoder = new TextEncoder();

/** What routers ask of shards, and some of what the catalog does. */
type AskedRpc = Omit<
  ShardRpc,
  'releaseKeys' | 'workOnMigrations' | 'findBookmark' | 'currentBookmark' | 'restoreBookmark'
>;

/** A shard in memory that keeps the contract naively, and breaks it as a test tells it to. */
export class FakeShard implements AskedRpc {
  readonly name: string;
  readonly items: Item[] = [];
  readonly reads: ReadRequest[] = [];
  readonly gathers: GatherRequest[] = [];
  readonly explains: ExplainRequest[] = [];
  readonly writes: WriteRequest[] = [];
  readonly publishes: PublishRequest[] = [];
  /** Of {@link writes}, those of imports. */
  get imports(): readonly OperationOf<'import'>[] {
    return this.writes.flatMap(({ operations }) => operations.filter((operation) => operation.kind === 'import'));
  }

  unpublishable: readonly ShardKey[] = [];
  epoch = 0;
  slots: readonly SlotRange[] = [];
  /** Runs before a call has any effect; may throw or wait. */
  before: (method: Method) => void | Promise<void> = () => {};
  /** Runs after the effect; if it throws, the acknowledgement is lost. */
  after: (method: Method) => void | Promise<void> = () => {};
  /** If set, what the shard claims to have spoken for. */
  claimedSlots: readonly SlotRange[] | null = null;
  refusal: Refused['error'] | null = null;
  asOf = 0;
  /** What writes claim to have changed; null: nothing. */
  touched: WriteAnswer['touched'] | null = null;
  /** What the shard says of the last change under a shard key (null: under any); undefined: nothing, as the release before. */
  changed: (shardKey: string | null) => number | undefined = () => undefined;
  readonly #answerByOperationId = new Map<string, WriteAnswer | WriteFailed>();

  /** Stubs of the other shards, by name. */
  readonly #stubOf: (name: string) => Pick<ShardRpc, 'read'>;

  constructor(name: string, stubOf: (name: string) => Pick<ShardRpc, 'read'>) {
    this.name = name;
    this.#stubOf = stubOf;
  }

  /** Like a real stub, it stays broken once a call on it has thrown. */
  stub(): AskedRpc {
    let broken: unknown;
    const guarded =
      <Args extends unknown[], Result>(method: (...args: Args) => Promise<Result>) =>
      async (...args: Args): Promise<Result> => {
        if (broken !== undefined) throw broken;
        try {
          return structuredClone(await method.apply(this, structuredClone(args)));
        } catch (error) {
          broken = error;
          throw error;
        }
      };
    return {
      read: guarded(this.read),
      gather: guarded(this.gather),
      explain: guarded(this.explain),
      write: guarded(this.write),
      recall: guarded(this.recall),
      publish: guarded(this.publish),
      setOwnedSlots: guarded(this.setOwnedSlots),
      ping: guarded(this.ping),
      status: guarded(this.status),
      sampleChanges: guarded(this.sampleChanges),
      recordAudits: guarded(this.recordAudits),
      inspect: guarded(this.inspect),
      backup: guarded(this.backup),
      checkMigrations: guarded(this.checkMigrations),
      applyMigrations: guarded(this.applyMigrations),
      previewRestore: guarded(this.previewRestore),
      beginRestore: guarded(this.beginRestore),
      continueRestores: guarded(this.continueRestores),
      cancelRestore: guarded(this.cancelRestore),
      restores: guarded(this.restores),
    };
  }

  async previewRestore(): Promise<PreviewRestoreAnswer> {
    return { status: 'OK', epoch: this.epoch, preview: { changes: 0, rows: null } };
  }

  async beginRestore(): Promise<RestoresAnswer> {
    return this.restores();
  }

  async continueRestores(): Promise<RestoresAnswer> {
    return this.restores();
  }

  async cancelRestore(): Promise<RestoresAnswer> {
    return this.restores();
  }

  /** It has never restored anything. */
  async restores(): Promise<RestoresAnswer> {
    return { status: 'OK', epoch: this.epoch, restores: [] };
  }

  async setOwnedSlots(epoch: number, slots: readonly SlotRange[]): Promise<number> {
    if (epoch <= this.epoch) return this.asOf;
    this.epoch = epoch;
    this.slots = slots;
    return this.asOf;
  }

  async read(requestText: JsonText<ReadRequest>): Promise<JsonText<ReadReply>> {
    const request = fromJsonText(requestText);
    this.reads.push(request);
    await this.before('read');
    if (this.refusal) return toJsonText(this.#refused());
    const { maxBytes = Number.POSITIVE_INFINITY } = request;
    let bytes = 0;
    const outcomes = request.calls.map((call): CallOutcome => {
      const outcome = this.#answer(call);
      bytes += toJsonText(outcome).length;
      return bytes > maxBytes ? { isTooLarge: true } : outcome;
    });
    const slots = this.claimedSlots ?? this.slots;
    await this.after('read');
    return toJsonText({ status: 'OK', epoch: this.epoch, asOf: this.asOf, slots, outcomes, counts: NOTHING });
  }

  async gather(requestText: JsonText<GatherRequest>): Promise<JsonText<GatherAnswer | Refused>> {
    const request = fromJsonText(requestText);
    this.gathers.push(request);
    await this.before('gather');
    if (this.refusal) return toJsonText(this.#refused());
    const answer = await gatherReads(
      itemModel,
      request,
      (read) => this.read(toJsonText(read)),
      (name, read) => this.#stubOf(name).read(read),
    );
    await this.after('gather');
    return answer;
  }

  async explain(requestText: JsonText<ExplainRequest>): Promise<JsonText<ExplainAnswer | Refused>> {
    const request = fromJsonText(requestText);
    this.explains.push(request);
    await this.before('explain');
    if (this.refusal) return toJsonText(this.#refused());
    const answers = request.call.keys.map(() => null);
    await this.after('explain');
    return toJsonText({ status: 'OK', epoch: this.epoch, statements: [], answers, counts: NOTHING });
  }

  async write(request: WriteRequest): Promise<WriteAnswer | WriteFailed | WrongShard | Refused> {
    this.writes.push(request);
    await this.before('write');
    if (this.refusal) return this.#refused();
    if (!request.shardKeys.every((shardKey) => this.#owns(shardKey)))
      return { status: 'WRONG_SHARD', epoch: this.epoch };
    let answer = this.#answerByOperationId.get(request.operationId);
    const bad = answer ? -1 : this.#badRow(request.operations);
    if (bad >= 0) {
      const error = { code: 'CHECK_VIOLATION', message: 'bad', details: {} } as const;
      answer = { status: 'FAILED', epoch: this.epoch, index: 0, row: bad, error };
      this.#answerByOperationId.set(request.operationId, answer);
    }
    if (!answer) {
      const held = this.items.length;
      const results = toJsonText(request.operations.map((operation) => this.#apply(operation)));
      const { touched } = this;
      answer = {
        status: 'OK',
        epoch: this.epoch,
        version: this.items.length,
        results,
        counts: NOTHING,
        ...(touched && { touched }),
      };
      if (request.dryRun) this.items.splice(held);
      else this.#answerByOperationId.set(request.operationId, answer);
    }
    await this.after('write');
    return answer;
  }

  async recall({ id, repeated }: RecallRequest): Promise<RecallAnswer | Refused> {
    await this.before('recall');
    if (this.refusal) return this.#refused();
    const first = this.writes.find(({ idempotency }) => idempotency?.id === id);
    if (repeated && first && first.idempotency?.fingerprint !== repeated.fingerprint) {
      const error = {
        code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' as const,
        message: 'Expected the first.',
        details: {},
      };
      return { status: 'REFUSED', epoch: this.epoch, error };
    }
    return { status: 'OK', epoch: this.epoch, slots: this.slots, shardKey: first?.shardKeys[0] ?? null };
  }

  /** Index of a row to create whose text is `bad`; -1: there is none. */
  #badRow(operations: readonly WriteOperation[]): number {
    const [operation] = operations;
    return operation?.kind === 'createMany' ? toItems(operation).findIndex(({ text }) => text === 'bad') : -1;
  }

  /** Creates are believed to be new; the selection of a row is its text. */
  #createMany(operation: OperationOf<'createMany'>): RowsWritten {
    const items = toItems(operation);
    this.items.push(...items);
    const rows = operation.select ? items.map(({ text }) => [text!]) : [];
    return { outcomes: items.map(() => 'INSERTED'), rows };
  }

  #apply(operation: WriteOperation): OperationResult {
    if (operation.kind === 'import') return this.#import(operation);
    if (operation.kind === 'createMany') return this.#createMany(operation);
    if (operation.kind === 'create') this.items.push(operation.values as Item);
    return { outcomes: ['INSERTED'], rows: [] };
  }

  #import({ columns, rows }: OperationOf<'import'>): ImportedRows {
    const failures: ImportedRows['failures'][number][] = [];
    let inserted = 0;
    let unchanged = 0;
    for (const [row, cells] of (JSON.parse(rows) as WireValue[][]).entries()) {
      const item: Item = Object.fromEntries(columns.map((name, index) => [name, cells[index]!]));
      if (item.text === 'bad') {
        failures.push({ row, error: { code: 'CHECK_VIOLATION', message: 'bad', details: {} } });
      } else if (this.items.some((held) => held.owner === item.owner && held.id === item.id)) unchanged++;
      else inserted += this.items.push(item) > 0 ? 1 : 0;
    }
    return { inserted, updated: 0, unchanged, rewritten: 0, failures };
  }

  async publish(request: PublishRequest): Promise<PublishAnswer | Refused> {
    this.publishes.push(request);
    await this.before('publish');
    if (this.refusal) return this.#refused();
    return { status: 'OK', epoch: this.epoch, left: this.unpublishable };
  }

  async ping(): Promise<Awaited<ReturnType<ShardRpc['ping']>>> {
    await this.before('ping');
    return this.refusal ? this.#refused() : { status: 'OK', epoch: this.epoch };
  }

  async status({ countsRows }: StatusRequest): Promise<ShardStatus | Refused> {
    await this.before('status');
    if (this.refusal) return this.#refused();
    const rows = this.items.length;
    return {
      status: 'OK',
      epoch: this.epoch,
      figures: {
        ...{ liveBytes: 0, level: 'OK', rows, logBytes: 0, restorableSince: 0 },
        ...{ lastVersion: 0, migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
      },
      counted: { life: 'fake', invalidationLag: NO_LAGS, stampPuts: 0, audits: [] },
      rowsByTable: countsRows ? { Item: rows } : null,
    };
  }

  async sampleChanges(): Promise<SampleAnswer> {
    return { status: 'OK', epoch: this.epoch, changes: [] };
  }

  async backup(): Promise<never> {
    throw new Error('Expected no backup of a fake shard.');
  }

  async inspect(): Promise<never> {
    throw new Error('Expected nobody to look into the log of a fake shard.');
  }

  async recordAudits() {
    return { status: 'OK' as const, epoch: this.epoch };
  }

  async checkMigrations(): Promise<ShardMigration> {
    return { state: 'UP_TO_DATE', last: null, pending: [], skipped: [], problems: [] };
  }

  async applyMigrations(): Promise<null> {
    return null;
  }

  #refused(): Refused {
    return { status: 'REFUSED', epoch: this.epoch, error: this.refusal! };
  }

  #owns(shardKey: string): boolean {
    const slot = slotOf(shardKey as ShardKey);
    return this.slots.some(([first, last]) => slot >= first && slot <= last);
  }

  #answer({ plan, values, keys, shardKeys }: ReadCall): CallOutcome {
    if (shardKeys?.some((shardKey) => !this.#owns(shardKey))) return { wrongShard: true };
    const node = JSON.parse(plan) as PlanNode;
    const answers = keys.map((key) => this.#answerKey(node, values, key));
    const changed = (shardKeys ?? [null]).map((shardKey) => this.changed(shardKey));
    return changed.includes(undefined) ? { answers } : { answers, changed: changed as number[] };
  }

  #answerKey(node: PlanNode, values: ReadCall['values'], key: readonly WireValue[]): Answer {
    const visible = this.items.filter((item) => this.#owns(`t:${item.owner}`));
    const matching = visible.filter((item) => node.match.every((name, index) => item[name] === key[index]));
    const toRow = (item: Item) => node.columns.map((name) => item[name] ?? null);
    const { page } = node;
    if (!page) return matching.length > 1 ? 'ambiguous' : matching[0] ? toRow(matching[0]) : null;
    const sorted = sortItems(matching, page.orderBy);
    const limit = values[page.limit] as number;
    const offset = page.offset === null ? 0 : (values[page.offset] as number);
    const start = page.fromEnd ? Math.max(0, sorted.length - limit) : Math.min(offset, sorted.length);
    const end = page.fromEnd ? sorted.length : Math.min(start + limit, sorted.length);
    return {
      rows: sorted.slice(start, end).map(toRow),
      hasMore: page.fromEnd ? start > 0 : end < sorted.length,
      hasBefore: page.probeOtherSide && !page.fromEnd && start > 0,
      total: page.totalCount ? matching.length : null,
    };
  }
}

const toItems = ({ columns, rows }: OperationOf<'createMany'>): Item[] =>
  (JSON.parse(rows) as CreateCell[][]).map(
    (cells) =>
      Object.fromEntries(
        columns.map((name, at) => [name, Array.isArray(cells[at]) ? (cells[at][0] ?? null) : cells[at]]),
      ) as Item,
  );

/** Sorts by definition: text by its bytes, numbers by exact value; nothing of it is shared with the router. */
export function sortItems(items: readonly Item[], orderBy: readonly OrderTerm[]): Item[] {
  return items.toSorted((a, b) => {
    for (const { column, descending, nullsFirst } of orderBy) {
      const left = a[column] ?? null;
      const right = b[column] ?? null;
      if (left === null && right === null) continue;
      if (left === null) return nullsFirst ? -1 : 1;
      if (right === null) return nullsFirst ? 1 : -1;
      const order = compareNaively(itemTable.columnByName.get(column)!.wire, left, right);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

function compareNaively(wire: WireKind, a: string | number, b: string | number): number {
  if (wire === 'text' || wire === 'blob') return compareBytes(encoder.encode(String(a)), encoder.encode(String(b)));
  if (wire === 'int64') return BigInt(a) < BigInt(b) ? -1 : BigInt(a) > BigInt(b) ? 1 : 0;
  return Number(a) - Number(b);
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    if (a[index] !== b[index]) return a[index]! - b[index]!;
  }
  return a.length - b.length;
}
