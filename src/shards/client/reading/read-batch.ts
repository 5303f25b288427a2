import { getOrInsert } from '../../../lib/get-or-insert.ts';
import type { WireValue } from '../../../model/types.ts';
import type { ReadCall } from '../../plan/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { Version } from '../../version.ts';

/** The part of a read that one shard answers. */
export interface ReadPart {
  readonly shard: string;
  /** Epoch of the map that named the shard. */
  readonly epoch: number;
  readonly plan: string;
  readonly values: ReadCall['values'];
  readonly keys: ReadCall['keys'];
  /** One per key; null for a scatter. */
  readonly shardKeys: readonly ShardKey[] | null;
  /** As in `Read`. */
  readonly shape?: string | undefined;
  readonly cacheable: boolean;
  readonly lifeMs?: number | undefined;
  /** Parts of different moments travel apart. */
  readonly asOf?: Version | undefined;
}

/** Where the answers to a part stand among the outcomes of its batch. */
export interface PartPlace {
  readonly callIndex: number;
  /** Per key of the part, the index of its answer in the call. */
  readonly answerIndices: readonly number[];
  /** Per key of the part, the index of its shard key in the call; 0 for a scatter. */
  readonly shardKeyIndices: readonly number[];
}

/** A call, and what its answer shows: that is no part of it, as the shard may leave it out. */
export interface BatchedCall {
  readonly call: ReadCall;
  readonly shape: string | null;
}

interface BatchCall {
  readonly index: number;
  readonly plan: string;
  readonly values: ReadCall['values'];
  /** Null as well if its parts show different things. */
  shape: string | null;
  readonly keys: (readonly WireValue[])[];
  readonly indexByShardKey: Map<ShardKey, number> | null;
  /** Null: it has no key yet, or a single one. */
  answerIndexByKey: Map<string, number> | null;
  soleKey: Asked | null;
  /** Some part of it is. */
  cacheable: boolean;
}

/** A key, under the shard key that is asked for it. */
interface Asked {
  readonly shardKey: ShardKey | undefined;
  readonly key: readonly WireValue[];
}

/** The parts, all of one moment, that go to one shard in one RPC: equal plans with equal values become one call, equal keys one key. */
export class ReadBatch {
  readonly shard: string;
  /** Of all its parts. */
  readonly asOf: Version | undefined;
  readonly #calls: BatchCall[] = [];
  /** Null: there are no two that could be equal. */
  #callByText: Map<string, BatchCall> | null = null;
  #epoch = 0;
  #parts = 0;
  /** Of the parts that may be kept. */
  readonly #lives = new Set<number | undefined>();

  constructor({ shard, asOf }: Pick<ReadPart, 'shard' | 'asOf'>) {
    this.shard = shard;
    this.asOf = asOf;
  }

  add(part: ReadPart): PartPlace {
    this.#parts++;
    this.#epoch = Math.max(this.#epoch, part.epoch);
    if (part.cacheable) this.#lives.add(part.lifeMs);
    const call = this.#callOf(part);
    const shardKeyIndices = part.keys.map((_, index) => indexIn(call, part.shardKeys?.[index]));
    const answerIndices = part.keys.map((key, index) =>
      answerIndexIn(call, { shardKey: part.shardKeys?.[index], key }),
    );
    return { callIndex: call.index, answerIndices, shardKeyIndices };
  }

  /** How many there are. */
  get parts(): number {
    return this.#parts;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The longest time for which an answer may be kept, in milliseconds; undefined: none may, or one does not say. */
  get lifeMs(): number | undefined {
    const lives = [...this.#lives];
    return lives.length === 0 || lives.includes(undefined) ? undefined : Math.max(...(lives as number[]));
  }

  get calls(): BatchedCall[] {
    return this.#calls.map(({ plan, values, shape, keys, indexByShardKey, cacheable }) => ({
      call: {
        plan,
        values,
        keys,
        shardKeys: indexByShardKey && [...indexByShardKey.keys()],
        ...(cacheable && { cacheable }),
      },
      shape: keys.length === 1 ? shape : null,
    }));
  }

  /** The shard key that all calls are for; null if there are several, or a scatter. */
  get soleShardKey(): ShardKey | null {
    let sole: ShardKey | null = null;
    for (const { indexByShardKey } of this.#calls) {
      if (indexByShardKey === null) return null;
      for (const shardKey of indexByShardKey.keys()) {
        if (sole !== null && sole !== shardKey) return null;
        sole = shardKey;
      }
    }
    return sole;
  }

  #callOf(part: ReadPart): BatchCall {
    if (this.#calls.length === 0) return this.#addCall(part);
    this.#callByText ??= new Map([[textOfCall(this.#calls[0]!), this.#calls[0]!]]);
    const call = getOrInsert(this.#callByText, textOfCall(part), () => this.#addCall(part));
    call.cacheable ||= part.cacheable;
    if (call.shape !== (part.shape ?? null)) call.shape = null;
    return call;
  }

  #addCall({ plan, values, shape, shardKeys, cacheable }: ReadPart): BatchCall {
    const call: BatchCall = {
      index: this.#calls.length,
      plan,
      values,
      shape: shape ?? null,
      keys: [],
      indexByShardKey: shardKeys && new Map(),
      answerIndexByKey: null,
      soleKey: null,
      cacheable,
    };
    this.#calls.push(call);
    return call;
  }
}

/** Equal for what can be one call. */
const textOfCall = (asked: Pick<ReadPart, 'plan' | 'values' | 'shardKeys'> | BatchCall): string => {
  const isKeyed = 'indexByShardKey' in asked ? asked.indexByShardKey !== null : asked.shardKeys !== null;
  return `${isKeyed ? 'keys' : 'scatter'} ${JSON.stringify(asked.values)} ${asked.plan}`;
};

const textOfKey = ({ shardKey, key }: Asked): string => JSON.stringify([shardKey, ...key]);

function answerIndexIn(call: BatchCall, asked: Asked): number {
  if (call.keys.length === 0) {
    call.soleKey = asked;
    return call.keys.push(asked.key) - 1;
  }
  call.answerIndexByKey ??= new Map([[textOfKey(call.soleKey!), 0]]);
  return getOrInsert(call.answerIndexByKey, textOfKey(asked), () => call.keys.push(asked.key) - 1);
}

function indexIn({ indexByShardKey }: BatchCall, shardKey: ShardKey | undefined): number {
  if (indexByShardKey === null || shardKey === undefined) return 0;
  return getOrInsert(indexByShardKey, shardKey, () => indexByShardKey.size);
}
