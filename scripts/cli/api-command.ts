import { type Command, Option } from 'commander';
import type { ApiOptions } from './api-client.ts';

const DEFAULT_URL = 'http://127.0.0.1:8787';

export interface ApiCommandOptions extends ApiOptions {
  readonly json: boolean;
}

/** A command below `parent` that asks a running API. */
export const apiCommand = (parent: Command, name: string): Command =>
  parent
    .command(name)
    .option('--url <url>', 'where the API is', DEFAULT_URL)
    .addOption(tokenOption())
    .option('--json', 'print the result as JSON', false);

export const tokenOption = (): Option =>
  new Option(
    '--token <token>',
    'operators’ token or API key, such as $TOKEN; other users of a machine see arguments, but no variables (default: none)',
  ).env('SHARDQL_TOKEN');
