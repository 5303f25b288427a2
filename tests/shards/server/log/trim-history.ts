/**
 * A random history of one shard: writes, retries, reads, undos, publishing, crashes and time that passes, with trims and recalls in
 * between, or without. What the shard answers must be the same.
 */
import { env } from 'cloudflare:workers';
import model from '../../../../src/schema/model.ts';
import { maxEntryLifeMs } from '../../../../src/shards/entry-life.ts';
import { stampsKvKey } from '../../../../src/shards/kv-key.ts';
import type { RowOperation } from '../../../../src/shards/operation.ts';
import { DEVELOPER, PROTOCOL } from '../../../../src/shards/protocol/envelope.ts';
import type { ReadAnswer } from '../../../../src/shards/protocol/read.ts';
import { answerReads } from '../../../../src/shards/server/answer-reads.ts';
import type { LogBucket } from '../../../../src/shards/server/log/archive/log-archive.ts';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import { readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { OPERATION_RETENTION_MS } from '../../../../src/shards/server/tables/operations-table.ts';
import type { ShardKey } from '../../../../src/shards/shard-key.ts';
import { stampSchema } from '../../../../src/shards/stamp-schema.ts';
import { decodeStamps, lastChange, type Touched } from '../../../../src/shards/stamps.ts';
import { nodeOf } from '../../../support/plans.ts';
import { below, createRandom, pick, type Random } from '../../../support/random.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import { create, remove, update } from '../shop-rows.ts';
import { askToUndo } from '../undo/undo-in.ts';
import { DAY_MS, inTrimLab, MINUTE_MS, type TrimLab } from './trim-lab.ts';

/** Trims in another way than the product does; null: as it does. */
export type Trim = ((lab: TrimLab) => void) | null;

interface HistoryOptions {
  readonly seed: number;
  readonly steps: number;
  /** Undefined: nothing is trimmed. */
  readonly trim?: Trim;
  /** The same history with trims, which this one is to be like. */
  readonly like?: HistoryReport;
}

export interface HistoryReport {
  /** What was answered, by step. */
  readonly answers: readonly string[];
  /** Steps whose undos were refused since their commits are gone. */
  readonly refused: ReadonlySet<number>;
  /** Steps before which the shard has crashed while it trimmed. */
  readonly crashes: ReadonlySet<number>;
  /** What must never be. */
  readonly problems: readonly string[];
  readonly trims: number;
}

const TENANTS = ['t1', 't2', 't3'];
const KEYS = TENANTS.map((tenant) => `t:${tenant}` as ShardKey);
const TABLES = ['Customer', 'Product'];
const IDS = ['a', 'b', 'c', 'd'];
/** Time passes in steps of these. */
const PAUSES_MS = [1_000, MINUTE_MS, 5 * MINUTE_MS, DAY_MS / 24, DAY_MS, 8 * DAY_MS];

interface Made {
  readonly operationId: string;
  readonly tenant: string;
  readonly operations: readonly RowOperation[];
  readonly version: number;
  readonly atMs: number;
}

/** The same seed gives the same history, with and without trims. */
export async function runHistory({ seed, steps, trim, like }: HistoryOptions): Promise<HistoryReport> {
  const random = createRandom(seed);
  const bucket = random() < 0.5 ? (env.ARCHIVE as unknown as LogBucket) : null;
  const settings = pick(random, [{ maxBytes: 100_000 }, { maxAgeDays: 1 }, { maxAgeDays: 0.001 }]);
  const report: Draft = { answers: [], refused: new Set(), crashes: new Set(), problems: [], trims: 0 };
  await inTrimLab({ bucket, settings, publishes: true }, async (lab) => {
    const history = new History(lab, random, report, bucket !== null);
    for (let step = 0; step < steps; step++) {
      // What trims draw is theirs, so that both histories go on alike.
      const own = createRandom(seed + 7_919 * step);
      if (trim !== undefined && own() < 0.25) await history.trim(trim, step, own);
      if (trim !== undefined && own() < 0.1) await history.recall(own);
      if (like?.crashes.has(step)) lab.restart();
      await history.step(step, like?.refused);
    }
    await history.end();
  });
  return report;
}

/** A report that is being written. */
interface Draft extends HistoryReport {
  readonly answers: string[];
  readonly refused: Set<number>;
  readonly crashes: Set<number>;
  readonly problems: string[];
  trims: number;
}

class History {
  readonly #lab: TrimLab;
  readonly #random: Random;
  readonly #report: Draft;
  readonly #isArchived: boolean;
  readonly #made: Made[] = [];
  /** Rows after each commit, by its version. */
  readonly #contents = new Map<number, string>();
  /** Versions of the last changes under shard keys of which answers may have been cached then. */
  readonly #cachedChanges = new Map<ShardKey, number>();
  /** When answers were last handed out to be cached. */
  readonly #cachedAtMs = new Map<ShardKey, number>();
  #operations = 0;

  constructor(lab: TrimLab, random: Random, report: Draft, isArchived: boolean) {
    this.#lab = lab;
    this.#random = random;
    this.#report = report;
    this.#isArchived = isArchived;
    lab.shard.write('t:t2', [create('Tenant', { id: 't2' })], { operationId: 'tenant-2' });
    lab.shard.write('t:t3', [create('Tenant', { id: 't3' })], { operationId: 'tenant-3' });
    this.#contents.set(lab.shard.state.clock.last, this.#content());
  }

  async step(step: number, leftOut: ReadonlySet<number> | undefined): Promise<void> {
    const random = this.#random;
    const at = random();
    if (at < 0.4) this.#write(this.#draft());
    else if (at < 0.45) this.#write({ tenant: 't1', operations: this.#many() });
    else if (at < 0.53) this.#retry();
    else if (at < 0.65) this.#read(random() < 0.6);
    else if (at < 0.72) this.#undo(step, leftOut);
    else if (at < 0.78) await this.#publish();
    else if (at < 0.84) this.#restart();
    else if (at < 0.87) this.#lab.isKvDown = !this.#lab.isKvDown;
    else this.#lab.pass(pick(random, PAUSES_MS));
  }

  /** As the product does it, to a crash perhaps; or as somebody might do it wrongly. */
  async trim(trim: Trim, step: number, random: Random): Promise<void> {
    const before = this.#lab.state.trimmedSeq;
    if (trim !== null) trim(this.#lab);
    else {
      if (random() < 0.3) this.#lab.stepsLeft = below(random, 6);
      const { lives } = this.#lab;
      await this.#lab.trim();
      this.#lab.stepsLeft = Number.POSITIVE_INFINITY;
      if (this.#lab.lives > lives) {
        this.#report.crashes.add(step);
        this.#restarted();
      }
    }
    const { trimmedSeq, trimmedVersion, heldVersion, heldUntilMs } = this.#lab.state;
    if (trimmedSeq > before) this.#report.trims++;
    if (this.#lab.nowMs < heldUntilMs && trimmedVersion > heldVersion) this.#problem('a hold was passed');
    this.#replay();
  }

  async recall(random: Random): Promise<void> {
    const version = pick(random, [...this.#contents.keys()]);
    try {
      await this.#lab.recall.recall(version);
      if (this.#lab.state.trimmedVersion > version)
        this.#problem('a recall has not brought back what it was asked for');
    } catch (error) {
      const { code } = error as { code?: string };
      const isExpected = code === 'BAD_USER_INPUT' || (this.#isArchived && code === 'OPERATION_LIMIT_EXCEEDED');
      if (!isExpected) this.#problem(`a recall failed: ${error}`);
    }
    this.#replay();
  }

  /** Everything is published in the end, by a new life: what was cached must not outlive what has changed. */
  async end(): Promise<void> {
    this.#lab.isKvDown = false;
    this.#restart();
    for (let round = 0; round < 3; round++) await this.#publish();
    for (const [key, version] of this.#cachedChanges) {
      const text = this.#lab.kv.get(await stampsKvKey(key));
      const stamps = text === undefined ? null : decodeStamps(text, stampSchema(model));
      const told =
        stamps === null ? 0 : Math.max(...TABLES.map((table) => lastChange(stamps, { table, bucket: null })));
      if (told < version) this.#problem(`stamps of ${key} in KV are older than its last change`);
    }
  }

  #problem(problem: string): void {
    this.#report.problems.push(problem);
  }

  #draft(): { readonly tenant: string; readonly operations: RowOperation[] } {
    const random = this.#random;
    const tenant = pick(random, TENANTS);
    const operations = Array.from({ length: 1 + below(random, 4) }, () => {
      const [type, id] = [pick(random, TABLES), pick(random, IDS)];
      const at = random();
      const own = { tenantId: tenant, id: `${tenant}-${id}` };
      const key = { columns: ['tenantId', 'id'], values: [tenant, `${tenant}-${id}`] };
      if (at < 0.4) {
        return create(type, type === 'Customer' ? { ...own, email: `${id}@x.org` } : { ...own, sku: id });
      }
      const other =
        at < 0.8 ? update(type, id, { name: `${'n'.repeat(below(random, 300))}${random()}` }) : remove(type, id);
      return { ...other, key } as RowOperation;
    });
    return { tenant, operations };
  }

  #many(): RowOperation[] {
    const prefix = `m${this.#operations}`;
    return Array.from({ length: 100 + below(this.#random, 200) }, (_, index) =>
      create('Customer', { id: `${prefix}-${index}`, email: `${prefix}-${index}@x.org` }),
    );
  }

  #write({ tenant, operations }: { readonly tenant: string; readonly operations: readonly RowOperation[] }): void {
    const operationId = `op-${++this.#operations}`;
    const answer = this.#lab.shard.write(`t:${tenant}`, operations, { operationId });
    this.#noteWrite(answer);
    if (answer.status !== 'OK') return;
    const { version } = answer;
    this.#made.push({ operationId, tenant, operations, version, atMs: this.#lab.nowMs });
    this.#committed(version, [`t:${tenant}` as ShardKey]);
  }

  #committed(version: number, keys: readonly ShardKey[]): void {
    const content = this.#content();
    // An undo may find nothing that it can take back.
    const isSame = content === [...this.#contents.values()].at(-1);
    this.#contents.set(version, content);
    if (isSame) return;
    for (const key of keys) {
      const cachedAtMs = this.#cachedAtMs.get(key) ?? Number.NEGATIVE_INFINITY;
      if (this.#lab.nowMs < cachedAtMs + maxEntryLifeMs(model)) this.#cachedChanges.set(key, version);
    }
  }

  /** Within its time, a retry is answered as the first attempt was; after it, it is another write. */
  #retry(): void {
    if (this.#made.length === 0) return;
    const { operationId, tenant, operations, atMs, version } = pick(this.#random, this.#made.slice(-8));
    if (this.#lab.nowMs > atMs + OPERATION_RETENTION_MS) return;
    const answer = this.#lab.shard.write(`t:${tenant}`, operations, { operationId });
    if (answer.status !== 'OK' || answer.version !== version) this.#problem('a retry was made a second time');
    this.#noteWrite(answer);
  }

  #read(cacheable: boolean): void {
    const tenant = pick(this.#random, TENANTS);
    const type = pick(this.#random, TABLES);
    const key = `t:${tenant}` as ShardKey;
    const match = ['tenantId', 'id'];
    const node = nodeOf({ table: type, match, columns: ['id', 'name'] });
    const keys = IDS.map((id) => [tenant, `${tenant}-${id}`]);
    const calls = [{ plan: JSON.stringify(node), values: [], keys, shardKeys: [key], cacheable }];
    const { state, session } = this.#lab.shard;
    const text = answerReads(state, session, { protocol: PROTOCOL, epoch: 1, caller: DEVELOPER, calls });
    const { outcomes, ...rest } = JSON.parse(text) as ReadAnswer;
    // Whether stamps have been put by now is a matter of time.
    this.#note({ ...rest, outcomes: outcomes.map((each) => ({ ...each, coveredMs: undefined })), counts: null });
    if (cacheable) this.#cachedAtMs.set(key, this.#lab.nowMs);
  }

  #undo(step: number, leftOut: ReadonlySet<number> | undefined): void {
    if (this.#made.length === 0) return;
    const { operationId, version, tenant } = pick(this.#random, this.#made);
    const undoId = `undo-${++this.#operations}`;
    if (leftOut?.has(step)) return;
    const answer = askToUndo(this.#lab.shard, { origin: operationId, version }, { operationId: undoId });
    if (answer.status === 'FAILED' && answer.error.message.includes('have been trimmed')) {
      this.#report.refused.add(step);
      if (version > this.#lab.state.trimmedVersion) this.#problem('an undo was refused whose commit is there');
      return;
    }
    this.#noteWrite(answer);
    if (answer.status === 'OK') this.#committed(answer.version, [`t:${tenant}` as ShardKey]);
  }

  async #publish(): Promise<void> {
    await this.#lab.publisher!.publishDue();
  }

  #restart(): void {
    this.#lab.restart();
    this.#restarted();
    const { freshness } = this.#lab.shard.state;
    this.#note(TABLES.map((table) => freshness.changed(KEYS, [table])));
  }

  /** The log knows when things last changed, or claims later. */
  #restarted(): void {
    const { freshness } = this.#lab.shard.state;
    for (const { tenant, version } of this.#made) {
      const [told] = freshness.changed([`t:${tenant}` as ShardKey], TABLES);
      if (told! < version) this.#problem(`stamps of ${tenant} are older than its last change`);
    }
  }

  /** Taken back change by change, the log gives the rows as they were right after the last commit that is gone. */
  #replay(): void {
    const { shard, state } = this.#lab;
    const expected = this.#contents.get(state.trimmedVersion);
    // The commits that the lab begins with have no content of their own.
    if (expected === undefined) return;
    try {
      shard.state.storage.transactionSync(() => {
        shard.sql.exec('PRAGMA defer_foreign_keys = ON');
        dropTriggers(shard.session);
        for (const row of readLogBackwards(shard.session, state.trimmedSeq, 1_000_000)) undoLogRow(shard.session, row);
        if (this.#content() !== expected) this.#problem('the log does not lead back to the last commit that is gone');
        throw new Error('taken back');
      });
    } catch (error) {
      if (!String(error).includes('taken back')) this.#problem(`the log cannot be taken back: ${error}`);
    }
  }

  #content(): string {
    return JSON.stringify(
      ['tenants', 'customers', 'products'].map((table) => this.#lab.shard.rows(`SELECT * FROM ${table} ORDER BY id`)),
    );
  }

  /** But for what is to be published, and so is told by buckets: when stamps are put is a matter of time. */
  #noteWrite(answer: { readonly status: string; readonly touched?: readonly Touched[] }): void {
    const touched = answer.touched?.map(([table]) => table);
    this.#note({ ...answer, touched, counts: null, unpublished: undefined });
  }

  #note(answer: unknown): void {
    this.#report.answers.push(JSON.stringify(answer));
  }
}
