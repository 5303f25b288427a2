import { readFileSync } from 'node:fs';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface WarmOptions extends ApiOptions {
  readonly json: boolean;
  readonly shardKey?: string;
  readonly id?: readonly string[];
  readonly nodeId?: readonly string[];
  readonly query?: string;
  readonly variables?: string;
}

interface Warmed {
  readonly put: number;
  readonly failed: number;
  readonly complete: boolean;
}

/** Fills the cache and prints how many entries went to KV. True if all did. */
export async function warmCache(table: string | undefined, options: WarmOptions): Promise<boolean> {
  const body = JSON.stringify(requestOf(table, options));
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
  const warmed = await new ApiClient(options).json<Warmed>('/warm', init);
  if (options.json) console.log(JSON.stringify(warmed));
  else {
    console.log(`${warmed.put} entries put, ${warmed.failed} failed`);
    if (!warmed.complete) console.log('There are more rows than one request warms; name those that matter.');
  }
  return warmed.failed === 0;
}

function requestOf(table: string | undefined, { shardKey, id, nodeId, query, variables }: WarmOptions): object {
  if (table !== undefined) return { table, ...(shardKey !== undefined && { shardKey }), ...(id && { ids: id }) };
  if (nodeId) return { nodeIds: nodeId };
  if (query === undefined) throw new CliError('Expected a table, --node-id or --query, but got none of them.');
  return { query: readFileSync(query, 'utf8'), ...(variables !== undefined && { variables: parse(variables) }) };
}

function parse(variables: string): unknown {
  try {
    return JSON.parse(variables);
  } catch {
    throw new CliError(`Expected --variables to be JSON, but got "${variables}".`);
  }
}
