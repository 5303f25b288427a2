import { makeApiCell } from '../cells/api-cells.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import { type Load, measureCell } from '../measure/measure-cell.ts';
import { importShop } from '../servers/import-shop.ts';
import { type BenchServer, startServer } from '../servers/start-server.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { updatePhone } from '../workloads/update-phone.ts';
import { LOG_CONFIG } from './log-config.ts';

export interface TrimCost {
  /** Rows of the log that were trimmed. */
  readonly rows: number;
  /** To measure and delete one. */
  readonly cpuMsPerRow: number;
  /** Of a write (W6), which adds one. */
  readonly cpuMsPerWrite: number;
}

/** So many times as long as a warm-up, which is trimmed with the imported rows before. */
const TIMES = 5;

/** Writes, and then has what was logged trimmed. */
export async function measureTrim(shop: ShopIndex, { connections, seconds }: Load): Promise<TrimCost> {
  const server = await startServer({ config: LOG_CONFIG });
  try {
    await importShop(server, shop.shop);
    const cell = await makeApiCell(server, updatePhone, shop);
    await measureCell(cell, { connections, seconds });
    await trim(server);
    const { cpuMs: cpuMsPerWrite } = await measureCell(cell, { connections, seconds: seconds * TIMES });
    const { rows, cpuMs } = await trim(server);
    return { rows, cpuMsPerRow: cpuMs / rows, cpuMsPerWrite };
  } finally {
    await server.stop();
  }
}

async function trim({ port, workerdPid }: BenchServer): Promise<{ readonly rows: number; readonly cpuMs: number }> {
  const cpuBefore = cpuTimeMs(workerdPid);
  const response = await fetch(`http://127.0.0.1:${port}/trim`, { method: 'POST' });
  if (!response.ok) throw new Error(`Expected the log to be trimmed, but got ${await response.text()}`);
  const { rows } = (await response.json()) as { readonly rows: number };
  if (rows === 0) throw new Error('Expected rows of the log to be trimmed, but none was.');
  return { rows, cpuMs: cpuTimeMs(workerdPid) - cpuBefore };
}
