import type { Random } from '../../scripts/demo/random.ts';
import type { ShopIndex } from './shop-index.ts';

/** One question of a workload, and what its `data` has to be. */
export interface GraphqlRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Worked out from the rows, never from an answer. */
  readonly expected: () => unknown;
  /** `<role> {claims as JSON}`, asked with a token. Default: the open developer role. */
  readonly as?: string;
  /** A write is believed once another request reads it back. */
  readonly readBack?: GraphqlRequest;
}

/**
 * Which of the servers of the API: as `npm start` runs it, another one like it whose rows no other workload reads, one with
 * 64 or 256 shards, one with 256 that are all asked by the router itself, one with a cache in Workers KV alone, one that takes all shards
 * to be far away, or one that counts the requests of each caller, by the platform or exactly.
 */
export type ServerKind =
  | 'api'
  | 'growing'
  | 'shards-64'
  | 'shards-256'
  | 'flat-256'
  | 'kv-only'
  | 'far'
  | 'limits'
  | 'exact-limits';

export interface Workload {
  /** Default: `api`. */
  readonly server?: ServerKind;
  readonly name: string;
  readonly title: string;
  /** Default: those of the run. */
  readonly connections?: number;
  /** How many different requests go round; enough that no cache of answers could pass for work done, except where a cache is measured. */
  readonly size: number;
  /** More may be asked for than the API takes: what it refuses is counted. Default: a refusal ends the run. */
  readonly mayBeRefused?: boolean;
  /** Each request asks for what none has asked for in the seconds before. Default: no. */
  readonly isUnread?: boolean;
  /** @param index of the request, from 0. */
  readonly makeRequest: (shop: ShopIndex, random: Random, index: number) => GraphqlRequest;
}

/** The same requests in every run. */
export function makeRequests({ name, size, makeRequest }: Workload, shop: ShopIndex, random: Random): GraphqlRequest[] {
  if (size < 1) throw new Error(`Expected ${name} to have requests, but got ${size}.`);
  return Array.from({ length: size }, (_, index) => makeRequest(shop, random, index));
}
