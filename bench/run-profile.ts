import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeApiCell } from './cells/api-cells.ts';
import type { BenchOptions } from './options.ts';
import { profileCell } from './profile/profile-cell.ts';
import { workerdWithInspector } from './profile/workerd-with-inspector.ts';
import { importShop } from './servers/import-shop.ts';
import { freePort, startServer } from './servers/start-server.ts';
import type { ShopIndex } from './workloads/shop-index.ts';
import type { Workload } from './workloads/workload.ts';

/** Prints where the API spends the CPU, workload by workload. */
export async function runProfile(
  workloads: readonly Workload[],
  shop: ShopIndex,
  { connections, seconds }: BenchOptions,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-inspector-'));
  const inspectorPort = await freePort();
  const server = await startServer({ env: workerdWithInspector(folder, inspectorPort) });
  try {
    await importShop(server, shop.shop);
    for (const workload of workloads) {
      const cell = await makeApiCell(server, workload, shop);
      console.log(`\n${await profileCell(cell, inspectorPort, { connections, seconds })}`);
    }
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
