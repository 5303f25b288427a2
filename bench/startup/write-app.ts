import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { modelSource } from './model-source.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

const WORKER = `import { createWorker } from '../../../src/index.ts';
import { bundle } from './migrations/index.ts';
import model from './model.ts';

const app = createWorker({ model, migrations: bundle });

export default app.handlers;
export const { Shard, Catalog } = app;
`;

/** Writes a whole app of as many tables, with its migrations, below bench/dist, and returns its wrangler.toml. */
export function writeApp(tables: number): string {
  const folder = join(import.meta.dirname, `../dist/${tables}-tables`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const modelPath = join(folder, 'model.ts');
  writeFileSync(modelPath, modelSource(tables));
  writeFileSync(join(folder, 'worker.ts'), WORKER);
  writeFileSync(join(folder, 'wrangler.toml'), configSource(tables));
  const generate = join(PROJECT, 'scripts/db-generate.ts');
  const args = [generate, '--model', modelPath, '--out', join(folder, 'migrations')];
  execFileSync(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'ignore', 'inherit'] });
  return join(folder, 'wrangler.toml');
}

const configSource = (tables: number): string => `name = "shardql-${tables}-tables"
main = "worker.ts"
compatibility_date = "2026-10-01"
compatibility_flags = ["no_nodejs_compat_v2", "no_nodejs_global_timers"]

[[durable_objects.bindings]]
name = "SHARD"
class_name = "Shard"

[[durable_objects.bindings]]
name = "CATALOG"
class_name = "Catalog"

[[migrations]]
tag = "v1"
new_sqlite_classes = ["Shard", "Catalog"]

[define]
"globalThis.process" = 'true'
"globalThis.process.env.NODE_ENV" = '"production"'
`;
