import { FORMAT, FORMAT_VERSION, type Manifest } from '../../scripts/cli/backup/manifest.ts';

const HASH = 'a'.repeat(64);

/** A manifest of some files, of a shard each. */
export const manifestOf = (version: number, files: readonly string[]): Manifest => ({
  ...{ format: FORMAT, formatVersion: FORMAT_VERSION, version, time: new Date(version).toISOString(), epoch: 1 },
  ...{ migration: null, schemaHash: HASH, contentHash: HASH },
  shards: files.map((file, at) => ({
    ...{ name: `shard-${at}`, identity: `identity-${at}`, ranges: [], file, bytes: 1, sha256: HASH },
    ...{ seq: 1, seqVersion: 1 },
  })),
  tables: [{ type: 'Tenant', name: 'tenants', rows: 1, hash: HASH }],
});
