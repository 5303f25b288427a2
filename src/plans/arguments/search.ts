import { parseSearch } from '../../shards/search-query.ts';

/**
 * The `search` argument; null where it is left out.
 *
 * @throws ShardQLError BAD_USER_INPUT for a text that cannot be searched for.
 */
export function searchText(search: string | null = null): string | null {
  if (search !== null) parseSearch(search);
  return search;
}
