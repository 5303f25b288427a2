import type { NamedShardMigration } from '../../src/shards/migration-report.ts';
import { ApiClient, RefusedError } from '../cli/api-client.ts';
import { CliError } from '../cli/cli-error.ts';
import { runMigrations, showProgress } from '../cli/migrate/migrations.ts';
import { isWell, nextStep, problemLines, showCount } from '../cli/migrate/show-report.ts';
import { StartError } from './start-error.ts';

const isUpToDate = ({ state }: NamedShardMigration): boolean => state === 'UP_TO_DATE';

/** Progress is told of runs that take longer, in milliseconds. */
const QUIET_MS = 2_000;

/**
 * Brings all shards to the model's tables, or none; throws `StartError` that says what is in the way.
 *
 * @param token of an operator; without it, the API has to be one whose callers are developers.
 */
export async function migrateShards(origin: string, print: (line: string) => void, token?: string): Promise<void> {
  const begin = Date.now();
  try {
    const report = await runMigrations(new ApiClient({ url: origin, token }), (progress) => {
      if (Date.now() - begin > QUIET_MS) print(showProgress(progress));
    });
    if (!isWell(report)) throw new StartError([...problemLines(report), nextStep(report)].join('\n').trim());
    if (report.applied > 0) print(`migrated ${showCount(report.applied)} to ${report.shards.find(isUpToDate)!.last}`);
  } catch (error) {
    if (error instanceof RefusedError && error.reason.startsWith('MIGRATION_FAILED: ')) {
      throw new StartError(`The API does not become ready: ${error.reason}`);
    }
    // A Worker of the user's own may have no such route; what else is wrong, the look at whether it is ready tells.
    if (!(error instanceof CliError)) throw error;
  }
}
