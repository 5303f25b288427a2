/** Bugs that somebody might make in copies under another shard key. */
import type { SeededBug } from '../seeded-bugs.ts';

const COPY = 'shards/server/recovery/copy';

export const COPY_BUGS: readonly SeededBug[] = [
  {
    name: 'rows that were deleted since do not come back',
    file: `${COPY}/staged-changes.ts`,
    from: "else if (op === 'delete') putCopiedRow(session, copy, table, pk, before!);",
    to: "else if (op === 'delete') continue;",
  },
  {
    name: 'of several changes of a value the last one is taken back alone',
    file: `${COPY}/staged-changes.ts`,
    from: 'new Map([...decodeImage(image), ...before])',
    to: 'new Map([...before, ...decodeImage(image)])',
  },
  {
    name: 'changes of all shard keys are taken back',
    file: `${COPY}/copier.ts`,
    from: 'shardKeys: [shardKey], upTo',
    to: 'shardKeys: null, upTo',
  },
  {
    name: 'rows that refer to each other in circles are left out',
    file: `${COPY}/write-copied.ts`,
    from: 'return { rows: writeCircles(session, model, copy, as), next: null };',
    to: 'return { rows: 0, next: null };',
  },
  {
    name: 'others see a copy that is not whole',
    file: 'shards/server/recovery/fences.ts',
    from: "!['WRITE', undefined].includes(",
    to: '![undefined].includes(',
  },
  {
    name: 'a copy that is given up leaves rows on their way',
    file: `${COPY}/copier.ts`,
    from: "if (restore.state !== 'RUNNING') return purgeStep(shard, session, copy);",
    to: "if (restore.state !== 'RUNNING') return false;",
  },
];
