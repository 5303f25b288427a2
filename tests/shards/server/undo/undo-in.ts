import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import type { WriteRequest } from '../../../../src/shards/protocol/write.ts';
import type { Undone, UndoPageRange } from '../../../../src/shards/undo.ts';
import type { LabShard } from '../lab-shard.ts';

const ALL: UndoPageRange = { offset: 0, limit: 100 };

/** A commit, by who made it. */
export interface Origin {
  readonly origin: string;
  readonly version: number;
}

interface Options extends Partial<WriteRequest> {
  readonly changes?: UndoPageRange;
  readonly conflicts?: UndoPageRange;
}

/** The answer of a shard that is asked to undo a commit. */
export const askToUndo = (shard: LabShard, of: Origin, { changes = ALL, conflicts = ALL, ...request }: Options = {}) =>
  shard.write('', [{ kind: 'undo', origin: of.origin, version: of.version, changes, conflicts }], {
    shardKeys: [],
    ...request,
  });

/** What an undo did, which must succeed, and who made it. */
export function undoIn(shard: LabShard, of: Origin, options: Options = {}): Undone & Origin {
  const origin = crypto.randomUUID();
  const answer = askToUndo(shard, of, { operationId: origin, ...options });
  if (answer.status !== 'OK') throw new Error(`Expected OK, but got ${JSON.stringify(answer)}.`);
  const [undone] = fromJsonText(answer.results) as unknown as readonly [Undone];
  return { ...undone, origin, version: answer.version };
}

/** Reasons by the key's last value. */
export const reasons = ({ conflicts }: Undone): Record<string, string> =>
  Object.fromEntries(conflicts.rows.map(({ key, reason }) => [Object.values(key).at(-1), reason]));
