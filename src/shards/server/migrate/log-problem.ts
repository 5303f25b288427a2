import type { MigrationFailed } from '../../../events/event.ts';
import { report } from '../../../events/report.ts';
import type { MigrationProblem } from '../../migration-report.ts';

/** Messages of these may quote a value. */
const QUOTING: readonly MigrationProblem['kind'][] = ['VALUE', 'STATEMENT'];

/** What keeps a shard from migrating, as a line of JSON: logs hold neither keys nor values of rows. */
export function logProblem({ keys: _, message, ...others }: MigrationProblem, shard?: string): void {
  logFailure({ ...(shard !== undefined && { shard }), ...others, ...(!QUOTING.includes(others.kind) && { message }) });
}

/** The same of what nobody foresaw, without its stack, which is that of a bundle. */
export const logFailure = (what: Omit<MigrationFailed, 'type'>): void => report({ type: 'migration-failed', ...what });
