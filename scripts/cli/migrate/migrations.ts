import type { FleetMigrationReport, MigrationEvent, MigrationProgress } from '../../../src/shards/migration-report.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { showStep } from './show-report.ts';

/** Asks all shards. */
export const fetchMigrations = (api: ApiClient): Promise<FleetMigrationReport> =>
  api.json<FleetMigrationReport>('/migrations');

/** Migrates all shards, some at once; `tell` hears how far it is, whenever that changes. */
export async function runMigrations(
  api: ApiClient,
  tell: (progress: MigrationProgress) => void,
  atOnce?: number,
): Promise<FleetMigrationReport> {
  const options = atOnce === undefined ? {} : { query: { atOnce: String(atOnce) } };
  const response = await api.request('/migrations/run', { method: 'POST', ...options });
  let last = '';
  for await (const event of events(response)) {
    if ('report' in event) return event.report;
    if ('error' in event)
      throw new CliError(`The run was cut off: ${event.error} Run it again: it goes on where it was.`);
    const line = JSON.stringify(event.progress);
    if (line !== last) tell(event.progress);
    last = line;
  }
  throw new CliError('The run was cut off. Run it again: it goes on where it was.');
}

async function* events(response: Response): AsyncGenerator<MigrationEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for await (const chunk of response.body ?? []) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = lines.pop()!;
      for (const line of lines) yield JSON.parse(line);
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError('Expected lines of JSON from the API. Is it a ShardQL API?');
    // The connection broke: the caller tells so.
  }
}

export function showProgress({ step, done, total, steps }: MigrationProgress): string {
  const shards = `${step === 'check' ? 'checked' : 'migrated'} ${done} of ${total} shards`;
  return steps === undefined ? shards : `${shards}; ${steps.shard}: ${showStep(steps.state, steps)}`;
}
