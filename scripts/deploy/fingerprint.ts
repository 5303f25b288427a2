import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigFile } from '../project/deployment.ts';
import { mainOf } from '../project/read-model.ts';
import { bundleWorker } from '../start/bundle-worker.ts';

/** What of a configuration changes a Worker that is deployed. */
const SETTINGS = [
  'name',
  'compatibility_date',
  'compatibility_flags',
  'vars',
  'durable_objects',
  'migrations',
  'kv_namespaces',
  'r2_buckets',
  'queues',
  'limits',
  'observability',
  'placement',
  'tail_consumers',
  'workers_dev',
  'preview_urls',
] as const;

/** Characters of a tag of a version, of at most 25. */
const LENGTH = 20;

/** Tells whether two Workers of a configuration are the same: a hash of the code and of the settings that it is deployed with. */
export async function fingerprint({ path, config }: ConfigFile): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-deploy-'));
  try {
    const bundle = join(folder, 'storage.js');
    await bundleWorker(mainOf(config, path), bundle, config.define);
    const settings = SETTINGS.map((name) => [name, config[name]]);
    return createHash('sha256')
      .update(readFileSync(bundle))
      .update(JSON.stringify(settings))
      .digest('hex')
      .slice(0, LENGTH);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
