import type { SourcedAnswer } from '../../cache/reading/read-through.ts';
import type { Answer, PageAnswer } from '../../shards/plan/answer.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Read, ReadMeter } from '../../shards/plan/read.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { type Version, versionToText } from '../../shards/version.ts';

/** A read as it is made, for those who look into a request. */
export class ReadRecord {
  /** Response keys of the field that it is for. */
  readonly path: readonly string[];
  readonly node: PlanNode;
  readonly values: readonly PlanValue[];
  /** How many keys are read. */
  readonly keys: number;
  /** What shards have read for it. */
  readonly meter: ReadMeter = { rowsRead: 0 };
  /** In milliseconds since 1970. */
  readonly startMs: number;
  /** Null: it has not ended, or has failed. */
  endMs: number | null = null;
  /** Rows of the root of the plan, whatever is read with them. */
  rowsReturned = 0;
  /** Where {@link detail} was called: names of the shards that answered; empty where the cache did. */
  shards: readonly string[] = [];
  /** By shard, the least version that the rows of the shard hold. */
  asOf: Readonly<Record<string, string>> = {};

  constructor({ plan, values, keys }: Read, path: readonly string[], startMs: number) {
    this.path = path;
    this.node = plan.node;
    this.values = values;
    this.keys = keys.length;
    this.startMs = startMs;
  }

  ended(answers: readonly SourcedAnswer[], endMs: number): void {
    this.endMs = endMs;
    for (const { answer, text } of answers) this.rowsReturned += text?.rows ?? rowsOf(answer);
  }

  /** Works out what a trace shows besides. */
  detail(answers: readonly SourcedAnswer[]): void {
    this.shards = [...new Set(answers.flatMap(shardsAsked))].sort();
    this.asOf = asOfByShard(answers);
  }
}

function rowsOf(answer: Answer): number {
  if (answer === null || answer === 'ambiguous') return 0;
  return Array.isArray(answer) ? 1 : (answer as PageAnswer).rows.length;
}

/** Names of the shards that gave the answer; empty where a cache did. */
export const shardsAsked = ({ source, snapshots }: Omit<SourcedAnswer, 'answer'>): string[] =>
  source === 'shard' ? snapshots.map(({ shard }) => shard) : [];

function asOfByShard(answers: readonly SourcedAnswer[]): Record<string, string> {
  const least = new Map<string, Version>();
  for (const { shard, asOf } of answers.flatMap(({ snapshots }) => snapshots)) {
    least.set(shard, Math.min(asOf, least.get(shard) ?? asOf));
  }
  return Object.fromEntries([...least].map(([shard, asOf]) => [shard, versionToText(asOf)]));
}
