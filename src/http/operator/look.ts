import type { Look } from '../../shards/shard-view.ts';
import { HttpError } from '../core/http-error.ts';

/** How closely an operator looks, by `?live=1` and `?count=1`. Neither: by what shards have reported. */
export function lookOf({ searchParams }: URL): Look {
  if (isSet(searchParams, 'count')) return 'counted';
  return isSet(searchParams, 'live') ? 'live' : 'reported';
}

function isSet(parameters: URLSearchParams, name: string): boolean {
  const value = parameters.get(name);
  if (value === null || value === '0') return false;
  if (value === '1') return true;
  throw new HttpError(400, 'BAD_USER_INPUT', `Expected ${name} to be 0 or 1, but got another value.`);
}
