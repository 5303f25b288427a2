import type { ApiClient } from '../../api-client.ts';
import { listPlacements } from '../../place/place-keys.ts';
import { fetchStatus } from '../../status/fetch-status.ts';
import type { Finding } from '../examine.ts';
import { adviceOfMonitor } from './advice-of-monitor.ts';
import { largeTables } from './large-tables.ts';
import { placesOfKeys } from './places-of-keys.ts';

/**
 * Examines what runs, by what the catalog and the monitor know: no shard is woken, unless its rows are to be counted.
 *
 * @throws CliError if the API gives no answer, or refuses.
 */
export async function examineDeployment(
  api: ApiClient,
  { counts }: { readonly counts: boolean },
): Promise<readonly Finding[]> {
  const [shards, placements, advice] = await Promise.all([
    fetchStatus(api, counts ? 'counted' : 'reported'),
    listPlacements(api),
    adviceOfMonitor(api),
  ]);
  return [
    { check: 'tables that are migrated in steps', problems: [], advice: largeTables(shards) },
    { check: 'placed shard keys', ...placesOfKeys(placements) },
    { check: 'advice of the monitor', ...advice },
  ];
}
