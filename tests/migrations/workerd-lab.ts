/** Shards in workerd, driven from Node: a Worker with nothing but a migrator in its Durable Objects. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from 'miniflare';
import type { MigrationBundle } from '../../src/model/types.ts';
import { bundleModule } from '../support/workerd/bundle-module.ts';
import { moduleWorker } from '../support/workerd/quiet-runtime.ts';
import { cellsFromJson, cellsToJson } from './cell-json.ts';
import type { LabShard } from './model-changes.property.test.ts';
import type { ModelSpec } from './model-spec.ts';
import type { Cell } from './node-shard.ts';

export class WorkerdLab {
  readonly #runtime: Miniflare;
  readonly #folder: string;
  #shards = 0;

  constructor(runtime: Miniflare, folder: string) {
    this.#runtime = runtime;
    this.#folder = folder;
  }

  /** A new one. */
  shard(): LabShard {
    const name = `shard-${++this.#shards}`;
    const isAwake = this.#wake();
    const ask = async (question: unknown): Promise<unknown> => {
      await isAwake;
      const response = await this.#runtime.dispatchFetch(`http://lab/${name}`, {
        method: 'POST',
        body: cellsToJson(question),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(text);
      return cellsFromJson(text);
    };
    return {
      migrate: (model: ModelSpec, bundle: MigrationBundle) => ask({ migrate: { model, bundle } }) as Promise<string[]>,
      run: (statements) => ask({ run: statements }) as Promise<boolean[]>,
      rows: (sql) => ask({ rows: sql }) as Promise<Cell[][]>,
    };
  }

  /** Connections that were idle may just be closing when they are used again: the next question finds a new one. */
  async #wake(): Promise<void> {
    const ping = () => this.#runtime.dispatchFetch('http://lab/');
    await ping().catch(ping);
  }

  async stop(): Promise<void> {
    await this.#runtime.dispose();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

export async function startWorkerdLab(): Promise<WorkerdLab> {
  const folder = mkdtempSync(join(tmpdir(), 'migrations-lab-'));
  const path = join(folder, 'worker.js');
  await bundleModule(join(import.meta.dirname, 'lab-worker.ts'), path);
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      cf: false,
      telemetry: { enabled: false },
      log: new Log(LogLevel.NONE),
      handleStructuredLogs: () => {},
      resourceTmpPath: join(folder, 'tmp'),
      workers: [
        {
          name: 'lab',
          ...moduleWorker(folder, path),
          durableObjects: { SHARDS: { className: 'LabShard', useSQLite: true } },
        },
      ],
    }),
  );
  await runtime.ready;
  return new WorkerdLab(runtime, folder);
}
