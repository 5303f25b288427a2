import { makeApiCell } from '../cells/api-cells.ts';
import type { Cell } from '../cells/cell.ts';
import type { Load } from '../measure/measure-cell.ts';
import { type Figures, runRounds } from '../measure/run-rounds.ts';
import { importShop } from '../servers/import-shop.ts';
import { type BenchServer, startServer } from '../servers/start-server.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { updatePhone } from '../workloads/update-phone.ts';
import { LOG_CONFIG } from './log-config.ts';

/** CPU of an update (W6) with the log, and without, round by round. */
export interface LogOverhead {
  readonly logged: Figures;
  readonly unlogged: Figures;
}

/** The same update on two servers, of which one has no log triggers. */
export async function measureLogOverhead(shop: ShopIndex, load: Load & { rounds: number }): Promise<LogOverhead> {
  const servers: BenchServer[] = [];
  try {
    const cellOf = async (name: string): Promise<Cell> => {
      const server = await startServer({ config: LOG_CONFIG });
      servers.push(server);
      await importShop(server, shop.shop);
      if (name !== updatePhone.name) await fetch(`http://127.0.0.1:${server.port}/no-log`, { method: 'POST' });
      return makeApiCell(server, { ...updatePhone, name }, shop);
    };
    const cells = [await cellOf(updatePhone.name), await cellOf(`unlogged-${updatePhone.name}`)];
    const [logged, unlogged] = await runRounds(cells, { ...load, onRound: () => {} });
    return { logged: logged!, unlogged: unlogged! };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
