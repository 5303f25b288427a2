import { alignColumns } from '../align-columns.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface PlaceOptions {
  readonly type?: string;
  readonly jurisdiction?: string;
  readonly location?: string;
  readonly shard?: string;
  readonly undo: boolean;
  readonly list: boolean;
  readonly json: boolean;
}

/** As `/operator` gives it. */
export interface KeyPlacement {
  readonly shardKey: string;
  readonly type: string | null;
  readonly shard: string;
  readonly jurisdiction: string | null;
  readonly location: string | null;
}

const FIELDS = 'shardKey type shard jurisdiction location';
const LIST = `{ placedShardKeys { ${FIELDS} } }`;
const PLACE = `mutation ($shardKeys: [ID!]!, $type: String, $jurisdiction: String, $location: String, $shard: String) {
  placeShardKeys(shardKeys: $shardKeys, type: $type, jurisdiction: $jurisdiction, location: $location, shard: $shard) { ${FIELDS} }
}`;
const UNPLACE = `mutation ($shardKeys: [ID!]!, $type: String, $preview: Boolean!, $confirmation: String) {
  unplaceShardKeys(shardKeys: $shardKeys, type: $type, preview: $preview, confirmation: $confirmation) {
    placements { ${FIELDS} } confirmation { token }
  }
}`;

/** All shard keys that were placed. Asks no shard. */
export const listPlacements = async (api: ApiClient): Promise<readonly KeyPlacement[]> =>
  (await api.operate<{ placedShardKeys: readonly KeyPlacement[] }>(LIST)).placedShardKeys;

/**
 * Places shard keys, takes them back, or lists those that were placed.
 *
 * @throws CliError for what the API refuses, and for options that do not go together.
 */
export async function placeKeys(api: ApiClient, shardKeys: readonly string[], options: PlaceOptions): Promise<void> {
  const { type, jurisdiction, location, shard, undo, list, json } = options;
  const isPlaced = jurisdiction !== undefined || location !== undefined || shard !== undefined;
  if (list) {
    if (shardKeys.length > 0 || isPlaced || undo) throw new CliError('Expected --list alone, but got it with others.');
    const placedShardKeys = await listPlacements(api);
    console.log(json ? JSON.stringify({ placedShardKeys }) : showList(placedShardKeys));
    return;
  }
  if (shardKeys.length === 0) throw new CliError('Expected shard keys, or --list, but got neither.');
  if (isPlaced === undo) {
    const got = undo ? 'them and --undo' : 'none';
    throw new CliError(`Expected --jurisdiction, --location or --shard, or else --undo, but got ${got}.`);
  }
  const placed = undo
    ? await unplace(api, { shardKeys, type })
    : (
        await api.operate<{ placeShardKeys: readonly KeyPlacement[] }>(PLACE, {
          ...{ shardKeys, type, jurisdiction, location, shard },
        })
      ).placeShardKeys;
  console.log(json ? JSON.stringify({ placements: placed }) : placed.map(showPlacement).join('\n'));
}

interface Unplaced {
  readonly unplaceShardKeys: {
    readonly placements: readonly KeyPlacement[];
    readonly confirmation: { readonly token: string } | null;
  };
}

/** Who names the keys has decided: there is no row that could be lost. */
async function unplace(api: ApiClient, keys: object): Promise<readonly KeyPlacement[]> {
  const { confirmation } = (await api.operate<Unplaced>(UNPLACE, { ...keys, preview: true })).unplaceShardKeys;
  const variables = { ...keys, preview: false, confirmation: confirmation?.token };
  return (await api.operate<Unplaced>(UNPLACE, variables)).unplaceShardKeys.placements;
}

const showPlacement = ({ shardKey, shard }: KeyPlacement): string => `${shardKey}: all of its rows will be on ${shard}`;

const showList = (placements: readonly KeyPlacement[]): string =>
  placements.length === 0
    ? 'no shard keys were placed'
    : alignColumns([
        ['shard key', 'type', 'shard', 'jurisdiction', 'location'],
        ...placements.map(({ shardKey, type, shard, jurisdiction, location }) => [
          ...[shardKey, type ?? '-', shard, jurisdiction ?? '-', location ?? '-'],
        ]),
      ]);
