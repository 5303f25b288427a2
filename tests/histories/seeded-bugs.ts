/**
 * Bugs that somebody might make, each one change of the sources. Histories that do not find them would show nothing by
 * finding none.
 */
export interface SeededBug {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** Shows in one of some hundred histories: left to campaigns. */
  readonly isRare?: true;
}

const JUDGE = 'cache/entries/judge-entry.ts';
const KEY = 'cache/entries/entry-key.ts';
const READ_THROUGH = 'cache/reading/read-through.ts';
const FRESHNESS = 'shards/server/freshness/freshness.ts';
const TRACES = 'shards/server/freshness/traces.ts';
const PUBLISHER = 'shards/server/freshness/publisher.ts';
const CLOCK = 'shards/server/clock.ts';

export const SEEDED_BUGS: readonly SeededBug[] = [
  {
    name: 'an entry is not compared with its stamps',
    file: JUDGE,
    from: "if (isChanged(entry, dependencies, knowledge)) return 'refused-by-stamp';",
    to: '',
  },
  {
    name: 'an entry is not compared with the token',
    file: JUDGE,
    from: "if (!holdsSeen(entry, requirement.seen)) return 'refused-by-token';",
    to: '',
  },
  {
    name: 'a bound does not allow for the clocks of others',
    file: JUDGE,
    from: "- requirement.maxStalenessMs + skewMs ? 'fresh'",
    to: "- requirement.maxStalenessMs ? 'fresh'",
    isRare: true,
  },
  {
    name: 'a bound is taken for a ttl',
    file: JUDGE,
    from: "- requirement.maxStalenessMs + skewMs ? 'fresh' : 'refused-by-bound'",
    to: "- requirement.maxStalenessMs - entry.ttlMs ? 'fresh' : 'refused-by-bound'",
  },
  {
    name: 'entries do not die',
    file: JUDGE,
    from: "if (ageMs >= Math.min(entry.ttlMs + entry.swrMs, life.ttlMs + life.swrMs)) return 'dead';",
    to: '',
  },
  {
    name: 'another isolate’s clock counts as one’s own',
    file: JUDGE,
    from: 'entry.maker === moment.clock ? 0 : moment.uncertaintyMs',
    to: '0',
    isRare: true,
  },
  {
    name: 'a clock that steps back is not noticed',
    file: 'cache/isolate/isolate-clock.ts',
    from: 'time < latest || time - latest > gapMs',
    to: 'time - latest > gapMs',
    isRare: true,
  },
  {
    name: 'a clock that may have stepped back unseen is trusted',
    file: 'cache/isolate/isolate-clock.ts',
    from: 'time < latest || time - latest > gapMs',
    to: 'time < latest',
    isRare: true,
  },
  {
    name: 'an entry’s age counts from the answer instead of from the question',
    file: READ_THROUGH,
    from: 'this.#writer.keep(key, answer, sentAt);',
    to: 'this.#writer.keep(key, answer, this.#now());',
    isRare: true,
  },
  {
    name: 'an entry claims commits that came after it',
    file: 'cache/reading/cache-writer.ts',
    from: 'text: JSON.stringify(answer), snapshots,',
    to: 'text: JSON.stringify(answer), snapshots: snapshots.map((each) => ({ ...each, asOf: each.asOf + 4096 * 5_000 })),',
  },
  {
    name: 'a written row claims commits that came after it',
    file: READ_THROUGH,
    from: 'this.#writer.keep(entry, answer, sentAt)',
    to: 'this.#writer.keep(entry, { ...answer, snapshots: answer.snapshots.map((each) => ({ ...each, asOf: each.asOf + 4096 * 5_000 })) }, sentAt)',
  },
  {
    name: 'a written row’s age counts from the answer instead of from the question',
    file: READ_THROUGH,
    from: 'this.#writer.keep(entry, answer, sentAt)',
    to: 'this.#writer.keep(entry, answer, this.#now())',
    isRare: true,
  },
  {
    name: 'memory never looks at stamps again',
    file: 'cache/stores/layered-store.ts',
    from: 'return ageMs >= 0 && ageMs < this.#recheckMs;',
    to: 'return true;',
  },
  {
    name: 'keys in memory lack the shard key',
    file: KEY,
    from: 'JSON.stringify([table, shardKey, values])',
    to: 'JSON.stringify([table, values])',
  },
  {
    name: 'keys in KV lack the shard key',
    file: KEY,
    from: "const place = shardKey === null ? '*' : await kvKeyPart(shardKey);",
    to: "const place = '*';",
  },
  {
    name: 'a lookup looks at the bucket of another thing',
    file: KEY,
    from: 'bucket: valueBucket(this.kind.columns, values)',
    to: 'bucket: rowBucket(values)',
  },
  {
    name: 'only new values are stamped, not old ones',
    file: 'shards/server/freshness/changed-buckets.ts',
    from: 'for (const state of [after, before])',
    to: 'for (const state of [after])',
  },
  {
    name: 'a list depends on no table',
    file: KEY,
    from: 'return this.#tables.map((each) => ({ table: each, bucket: null }));',
    to: 'return [];',
  },
  {
    name: 'reads are as of the wall clock instead of the last commit',
    file: CLOCK,
    from: 'return this.#last;',
    to: 'return Math.max(versionAt(this.#wallClock()), this.#last);',
    isRare: true,
  },
  {
    name: 'versions follow a clock that was set back',
    file: CLOCK,
    from: 'Math.max(versionAt(this.#wallClock()), this.#last) + 1',
    to: 'versionAt(this.#wallClock()) + 1',
  },
  {
    name: 'a start forgets the last version',
    file: CLOCK,
    from: 'new CommitClock(wallClock, readLastVersion(session))',
    to: 'new CommitClock(wallClock, Math.min(0, readLastVersion(session)))',
    isRare: true,
  },
  {
    name: 'stamps leave out what looks old',
    file: 'shards/server/freshness/stamp-book.ts',
    from: 'if (changes.last < since) floor = Math.max(floor, changes.last);',
    to: 'if (changes.last < since) continue;',
    isRare: true,
  },
  {
    name: 'deletes are not told to sessions',
    file: 'shards/server/tables/log-totals.ts',
    from: '_BYTES_SQL}\n  FROM _log WHERE seq > ? ORDER BY seq $',
    to: "_BYTES_SQL}\n  FROM _log WHERE seq > ? AND op <> 'delete' ORDER BY seq $",
  },
  {
    name: 'the token forgets what was shown',
    file: 'resolvers/consistency/request-reader.ts',
    from: 'this.#seen = addSeen(this.#seen, answer);',
    to: '',
  },
  {
    name: 'the token forgets what was written',
    file: 'resolvers/consistency/request-reader.ts',
    from: 'this.wrote(commit);\n      this.#record',
    to: 'if (epoch > 0) continue;\n      this.#record',
  },
  {
    name: 'what an alarm schedules takes the place of its repetition',
    file: 'shards/server/tasks/tasks.ts',
    from: 'if (this.#isInAlarm || dueAtMs === null) return;',
    to: 'if (dueAtMs === null) return;',
    isRare: true,
  },
  {
    name: 'a start trusts times that a clock set which was hours ahead',
    file: 'shards/server/tasks/tasks.ts',
    from: 'if (PROMPT.has(name) && ',
    to: 'if (PROMPT.has(name) && false && ',
    isRare: true,
  },
  {
    name: 'an alarm that finds puts under way is the last',
    file: PUBLISHER,
    from: 'else if (!unpublished.isEmpty) this.#schedule(nowMs + OLD_PUT_MS);',
    to: '',
    isRare: true,
  },
  {
    name: 'a start forgets what was not published',
    file: FRESHNESS,
    from: 'this.unpublished.unlistedSeq = unpublishedSince;',
    to: 'this.unpublished.unlistedSeq = null;',
  },
  {
    name: 'traces are not stored',
    file: TRACES,
    from: '    writeTrace(this.#session, shardKey, trace);\n',
    to: '',
  },
  {
    name: 'a trace expires before what was cached under it',
    file: TRACES,
    from: 'return this.#trace(shardKey) !== null || ',
    to: 'return (this.#trace(shardKey)?.untilMs ?? 0) > nowMs + 300_000 || ',
    isRare: true,
  },
  {
    name: 'a wake forgets the traces of what is cached',
    file: TRACES,
    from: 'const trace = readTrace(this.#session, shardKey);',
    to: 'const trace = null;',
  },
  {
    name: 'a trace ends by time alone',
    file: TRACES,
    from: 'return this.#trace(shardKey) !== null || ',
    to: 'return (this.#trace(shardKey)?.untilMs ?? 0) >= nowMs || ',
    isRare: true,
  },
  {
    name: 'missing stamps count as no change',
    file: 'cache/stores/stampings.ts',
    from: 'stamps === null ? UNKNOWN',
    to: 'stamps === null ? UNNEEDED',
    isRare: true,
  },
  {
    name: 'memory keeps what nobody tells of',
    file: 'cache/reading/cache-writer.ts',
    from: 'dependencies.length === 0 || coveredMs >= life.ttlMs + life.swrMs',
    to: 'true',
    isRare: true,
  },
  {
    name: 'a wake gives an old asOf',
    file: CLOCK,
    from: 'new CommitClock(wallClock, readLastVersion(session))',
    to: 'new CommitClock(wallClock, readLastVersion(session) - 4096 * 60_000)',
    isRare: true,
  },
  {
    name: 'a start cancels the alarm',
    file: 'shards/server/tasks/tasks.ts',
    from: '    this.#runners = runners;\n',
    to: '    this.#runners = runners;\n    void storage.deleteAlarm();\n',
    isRare: true,
  },
  {
    name: 'lost events are not made up for by the alarm',
    file: FRESHNESS,
    from: 'if (isUnpublished) schedule(nowMs + ALARM_DELAY_MS, nowMs, this.unpublishedSeq);',
    to: '',
    isRare: true,
  },
  {
    name: 'a put that failed counts as done',
    file: PUBLISHER,
    from: 'unpublished.putFailed(shardKey);',
    to: 'unpublished.putSucceeded(shardKey); return true;',
    isRare: true,
  },
  {
    name: 'a start does not wait for puts of the life before',
    file: PUBLISHER,
    from: '}, OLD_PUT_MS);',
    to: '}, 0);',
    isRare: true,
  },
  {
    name: 'stamps are read before the wait for their turn',
    file: PUBLISHER,
    from: 'await this.#waitForTurn(shardKey, attempt);\n      try {\n        let isOfTrace = false;\n        await this.#puts.run(async () => {\n          this.#recordPut(shardKey);\n          isOfTrace = freshness.traces.isUnstamped(shardKey);\n          unpublished.putBegins(shardKey);\n          const text = encodeStamps(freshness.stampsOf(shardKey), this.#schema);',
    to: 'const text = encodeStamps(freshness.stampsOf(shardKey), this.#schema);\n      await this.#waitForTurn(shardKey, attempt);\n      try {\n        let isOfTrace = false;\n        await this.#puts.run(async () => {\n          this.#recordPut(shardKey);\n          isOfTrace = freshness.traces.isUnstamped(shardKey);\n          unpublished.putBegins(shardKey);',
    isRare: true,
  },
  {
    name: 'a life does not look for what the one before has written',
    file: 'shards/server/commit/logged-outcomes.ts',
    from: 'this.#entryById ??= readEntries(session, nowMs);',
    to: 'this.#entryById ??= new Map();',
  },
  {
    name: 'stale entries live for ever',
    file: JUDGE,
    from: 'Math.min(entry.ttlMs + entry.swrMs, life.ttlMs + life.swrMs)',
    to: '1e12',
  },
];
