/** All rules a model must keep. Each has its own file; the order is the order of their messages. */
import type { ModelRule } from './rule.ts';
import { shardKeyRule } from './shard-key.ts';

export const RULES: readonly ModelRule[] = [shardKeyRule];
