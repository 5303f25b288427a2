/** A random history of restores in one shard, held to what its tenants were. It throws what it finds. Runs in workerd and in Node. */
import type { ShardQLError } from '../../../../src/shards/errors.ts';
import { type HoldScope, LOG_HOLDS, NEWEST_COMMIT } from '../../../../src/shards/server/log/log-holds.ts';
import { changesSince } from '../../../../src/shards/server/recovery/past-point.ts';
import { pastSchema } from '../../../../src/shards/server/recovery/past-schema.ts';
import { beginRestore, cancelRestore, stepRestore } from '../../../../src/shards/server/recovery/restore-steps.ts';
import { survey } from '../../../../src/shards/server/recovery/survey.ts';
import { searchIndexes } from '../../../../src/shards/server/search/search-index.ts';
import { readLastLogSeq, readVersionAtSeq } from '../../../../src/shards/server/tables/log-table.ts';
import { findRestore, type StoredRestore } from '../../../../src/shards/server/tables/restores-table.ts';
import { below, type Random } from '../../../support/random.ts';
import type { LabShard } from '../lab-shard-class.ts';
import { trimAtOnce } from '../log/trim-at-once.ts';
import { checkIndex } from '../search/index-content.ts';
import type { Statement } from '../undo/lab-history.ts';
import { contentOf, keyOf, type Moment, TENANTS, TenantHistory, type Tenants, tenantsOf } from './tenant-history.ts';

export interface RestoreCounts {
  restores: number;
  cancelled: number;
  undone: number;
  /** Steps that ended within a commit. */
  parts: number;
}

type Shard = Pick<LabShard, 'rows' | 'session' | 'sql' | 'state'>;

/** Five restores of random tenants to random moments, beside other writes; some are cancelled, some undone, some repeated. */
export function runRestores(
  shard: Shard,
  commits: Iterable<readonly Statement[]>,
  random: Random,
  counts: RestoreCounts,
): void {
  const history = new TenantHistory(shard as LabShard, random, commits);
  for (let at = 0; at < 6; at++) history.commit();
  for (let round = 0; round < 5; round++) {
    for (let at = below(random, 4); at > 0; at--) history.commit();
    const chosen = TENANTS.filter(() => random() < 0.5);
    const tenants = chosen.length === 0 ? TENANTS : chosen;
    let moment = history.any();
    while (!isKept(shard, moment)) moment = history.any();
    const before = tenantsOf(shard);
    const lastVersion = shard.state.clock.last;
    const isCancelled = random() < 0.3;
    const { startVersion } = restore(shard, history, random, { target: moment.version, tenants, isCancelled }, counts);
    counts.restores++;
    requireContent(shard, tenants, isCancelled ? before : moment.tenants);
    requireNewVersions(shard, lastVersion, tenants, before);
    const next = random();
    if (isCancelled) counts.cancelled++;
    else if (next < 0.5) {
      counts.undone++;
      restore(shard, history, random, { target: startVersion, tenants, isCancelled: false }, counts);
      requireContent(shard, tenants, before);
    } else if (next < 0.75) {
      // Nothing was written since: so nothing is taken back, whatever restores there were.
      const again = restore(shard, history, random, { target: moment.version, tenants, isCancelled: false }, counts);
      // Amid a restore of some of them, there is no change after which all of them were so.
      if (again.span.partly === null) requireSame(again.takenBack, 0, 'changes of a restore that is repeated');
      requireContent(shard, tenants, moment.tenants);
    }
    history.note();
  }
  for (const index of searchIndexes(shard.state.model)) checkIndex(shard as LabShard, index);
}

/** Each takes back a commit at least, or looks through some rows of the log. */
const MOST_STEPS = 5_000;

interface Asked {
  readonly target: number;
  readonly tenants: readonly string[];
  readonly isCancelled: boolean;
}

/** Restores tenants step by step; others are written to, and the shard loses its memory, in between. */
function restore(
  shard: Shard,
  history: TenantHistory,
  random: Random,
  asked: Asked,
  counts: RestoreCounts,
): StoredRestore {
  const { session, state } = shard;
  const { target, tenants, isCancelled } = asked;
  const id = crypto.randomUUID();
  const shardKeys = tenants.length === TENANTS.length ? null : tenants.map(keyOf);
  const surveyed = survey(session, pastSchema(state.model, state.migrations), changesSince(session, target, shardKeys));
  let total = surveyed.next();
  while (!total.done) total = surveyed.next();
  beginRestore(state, session, { id, shardKeys, target, undoes: null }, total.value.changes);
  const before = tenantsOf(shard);
  const limits = { microseconds: 40 * (1 + below(random, 6)), bytes: 1_000, logRows: 1 + below(random, 20) };
  const others = contentsBeside(shard, tenants);
  let cancelAfter = isCancelled ? below(random, 4) : -1;
  let areOthersWritten = false;
  for (let step = 0; state.fences.areUp; step++) {
    requireSame(step < MOST_STEPS, true, 'a restore that ends');
    if (cancelAfter-- === 0 && findRestore(session, id)!.state === 'RUNNING') cancelRestore(state, session, id);
    requireSame(state.fences.hold(tenants.map(keyOf)), true, 'tenants behind the fence');
    if (random() < 0.3) {
      history.commitOutside(tenants, before);
      areOthersWritten = true;
    }
    // As after a crash: what is stored is all there is.
    if (random() < 0.3) state.fences.renew(session);
    if (random() < 0.1) trimmed(shard);
    stepRestore(state, session, limits);
    // Behind the fence, a step may end within a commit, where references hold; else at a state that there was after some commit.
    const now = tenantsOf(shard);
    if (isWithinCommit(shard, id)) {
      counts.parts++;
      history.passThrough(now);
    }
    for (const tenant of tenants) {
      requireSame(history.hasExisted(tenant, now.get(tenant)), true, `a state of ${tenant} that has existed`);
    }
    requireSame(shard.rows('PRAGMA foreign_key_check'), [], 'rows without what they refer to');
  }
  const ended = findRestore(session, id)!;
  if (ended.state === 'DONE') requireSame(ended.takenBack, total.value.changes, 'changes taken back');
  if (!areOthersWritten) requireSame(contentsBeside(shard, tenants), others, 'other tenants');
  // It had ended before it could be cancelled: so it is undone.
  if (isCancelled && ended.state === 'DONE') {
    restore(shard, history, random, { target: ended.startVersion, tenants, isCancelled: false }, counts);
  }
  return ended;
}

/** What comes next is of the same commit as what was taken back last. */
function isWithinCommit({ session }: Shard, id: string): boolean {
  const { cursorSeq } = findRestore(session, id)!;
  const isNewest = cursorSeq === readLastLogSeq(session);
  return !isNewest && readVersionAtSeq(session, cursorSeq) === readVersionAtSeq(session, cursorSeq + 1);
}

/** Of a moment amid a restore, what was changed since the restore began is needed. */
function isKept({ session }: Shard, { version }: Moment): boolean {
  try {
    changesSince(session, version, null);
    return true;
  } catch (error) {
    if ((error as ShardQLError).code !== 'BAD_USER_INPUT') throw error;
    return false;
  }
}

/** All goes that the log's holds let go, but for those of what has no part in this: stamps, and retries of requests. */
function trimmed({ session }: Shard): void {
  const scope = { session } as HoldScope;
  const holds = LOG_HOLDS.filter(({ name }) => name === NEWEST_COMMIT || name === 'restores');
  const seqs = holds.map(({ leastSeq }) => leastSeq(scope, readLastLogSeq(session)) ?? Number.POSITIVE_INFINITY);
  trimAtOnce(session, Math.min(...seqs));
}

const contentsBeside = (shard: Shard, tenants: readonly string[]) =>
  TENANTS.filter((tenant) => !tenants.includes(tenant)).map((tenant) => contentOf(tenantsOf(shard).get(tenant)));

function requireContent(shard: Shard, tenants: readonly string[], expected: Tenants): void {
  const now = tenantsOf(shard);
  for (const tenant of tenants) requireSame(contentOf(now.get(tenant)), contentOf(expected.get(tenant)), tenant);
}

/** A row that differs from what it was has a version that no row had before. */
function requireNewVersions(shard: Shard, last: number, tenants: readonly string[], before: Tenants): void {
  const now = tenantsOf(shard);
  for (const tenant of tenants) {
    for (const [place, row] of now.get(tenant)!) {
      const was = before.get(tenant)!.get(place);
      const differs = JSON.stringify(was?.values) !== JSON.stringify(row.values);
      if (differs) requireSame(row.version > last, true, `a new version of ${tenant} ${place}`);
    }
  }
}

function requireSame(found: unknown, expected: unknown, what: string): void {
  const [foundText, expectedText] = [JSON.stringify(found), JSON.stringify(expected)];
  if (foundText !== expectedText) throw new Error(`${what}: expected ${expectedText}, but got ${foundText}`);
}
