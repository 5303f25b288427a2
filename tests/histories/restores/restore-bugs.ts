/** Bugs that somebody might make in restores. */
import type { SeededBug } from '../seeded-bugs.ts';

const RECOVERY = 'shards/server/recovery';

export const RESTORE_BUGS: readonly SeededBug[] = [
  {
    name: 'changes are taken back in the order in which they were made',
    file: 'shards/server/tables/log-spans.ts',
    from: 'ORDER BY seq DESC`, ...bindings);\n  for (const row of rows) yield toLogRow(row);',
    to: 'ORDER BY seq`, ...bindings);\n  for (const row of rows) yield toLogRow(row);',
  },
  {
    name: 'a chunk splits a commit whose references hold at its end alone',
    file: `${RECOVERY}/restore-steps.ts`,
    from: 'takeStep(shard, session, restore, part, takeBackPart);',
    to: 'takeStep(shard, session, restore, part, takeBack);',
  },
  {
    name: 'a restore uses versions again',
    file: `${RECOVERY}/taken-back-row.ts`,
    from: "versions === 'COMMIT' || version === undefined",
    to: 'version === undefined',
  },
  {
    name: 'a moment in the middle of a restore shows rows that are half restored',
    file: `${RECOVERY}/past-point.ts`,
    from: 'restore.startSeq < after &&',
    to: 'restore.startSeq < 0 &&',
  },
  {
    name: 'the fence comes down with the memory of the shard',
    file: `${RECOVERY}/fences.ts`,
    from: 'const open = restores.map',
    to: 'const open = restores.filter(({ takenBack }) => takenBack === 0).map',
  },
  {
    name: 'a cancelled restore takes back what others have written',
    file: `${RECOVERY}/restore-span.ts`,
    from: 'return spanOf({ after: startSeq, upTo: cursorSeq, shardKeys });',
    to: 'return spanOf({ after: startSeq, upTo: cursorSeq, shardKeys: null });',
    isRare: true,
  },
  {
    name: 'rows whose keys have moved with another row are not found',
    file: `${RECOVERY}/taken-back-row.ts`,
    from: 'const isMoved = mayMoveKeys(this.#table) && this.#updateAt(session, keyBefore);',
    to: 'const isMoved = keyBefore === this.#key;',
  },
  {
    name: 'a restore leads rows of other tenants back too',
    file: `${RECOVERY}/round-trips.ts`,
    from: 'restored.filter((key) => asked.includes(key))',
    to: 'asked',
  },
  {
    name: 'a restore that a later one has led back over still counts',
    file: `${RECOVERY}/round-trips.ts`,
    from: '(this.#byKey.get(key) ?? this.#rest) >= seq',
    to: 'seq > 0',
  },
  {
    name: 'a restore to before the moment leads rows back too far',
    file: `${RECOVERY}/round-trips.ts`,
    from: 'if (from === null || from < after || from === endSeq) continue;',
    to: 'if (from === null || from === endSeq) continue;',
  },
  {
    name: 'the first change after the moment stays',
    file: `${RECOVERY}/past-point.ts`,
    from: 'findSeqSince(session, upTo, version + 1) - 1',
    to: 'findSeqSince(session, upTo, version + 1)',
  },
  {
    name: 'the log is trimmed past an open restore',
    file: 'shards/server/log/log-holds.ts',
    from: 'leastSeq: ({ session }) => leastSeqOfRestores(session),',
    to: 'leastSeq: ({ session }) => (session ? null : leastSeqOfRestores(session)),',
  },
];
