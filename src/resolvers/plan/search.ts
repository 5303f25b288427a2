import { parseSearch } from '../../shards/search-query.ts';
import { badUserInput } from '../bad-user-input.ts';

/**
 * The `search` argument; null where it is left out.
 *
 * @throws ShardQLError BAD_USER_INPUT for null, and for a text that cannot be searched for.
 */
export function searchText(search: string | null | undefined): string | null {
  if (search === undefined) return null;
  if (search === null) throw badUserInput('Expected text at search, but got null. Leave it out to get all rows.');
  parseSearch(search);
  return search;
}
