import type {
  FleetMigrationReport,
  MigrationProblem,
  MigrationStepProgress,
  NamedShardMigration,
  RowKeyText,
} from '../../../src/shards/migration-report.ts';
import { alignColumns } from '../align-columns.ts';

/** True if nothing stands in the way of any shard. */
export const isWell = ({ shards }: FleetMigrationReport): boolean =>
  shards.every(({ state }) => state !== 'REFUSED' && state !== 'UNREACHABLE');

const GUIDE = 'docs/changing-the-model.md';

/** As text for people: a line per shard, what is in the way, and what to do. */
export function showReport(report: FleetMigrationReport): string {
  if (report.shards.length === 0) return 'There are no shards yet: they come with the first request.';
  const lines = [['SHARD', 'LAST', 'PENDING', 'CHECK'], ...report.shards.map(shardCells)];
  return [alignColumns(lines), ...problemLines(report), nextStep(report)].join('\n');
}

function shardCells({ shard, state, last, pending, skipped, progress, atOnce }: NamedShardMigration): string[] {
  const open = [...pending, ...skipped.map((tag) => `(${tag})`)].join(' ');
  const verdict = {
    ...{ UP_TO_DATE: 'up to date', PENDING: `ok${showAtOnce(atOnce)}`, REFUSED: 'FAILS', UNREACHABLE: 'NO ANSWER' },
    ...{ COPYING: showStep('COPYING', progress), SETTLING: showStep('SETTLING', progress) },
  }[state];
  return [shard, last ?? (state === 'UNREACHABLE' ? '?' : 'none'), open === '' ? '-' : open, verdict];
}

/** What a shard does not do in steps: it serves nobody for so long. */
function showAtOnce(changes: NamedShardMigration['atOnce'] = []): string {
  const shown = changes.map(
    ({ table, rows, seconds }) => `${table} (up to ${rows.toLocaleString('en')} rows, about ${seconds} s)`,
  );
  return shown.length === 0 ? '' : `; at once: ${shown.join(', ')}`;
}

/** How far a shard is with what it does in steps. */
export function showStep(state: 'COPYING' | 'SETTLING', progress: MigrationStepProgress | undefined): string {
  if (progress === undefined) return state === 'COPYING' ? 'to be copied' : 'being completed';
  const { table, copied, completed } = progress;
  if (state === 'SETTLING' || copied === null) {
    return `completing ${table}${completed === undefined ? '' : `, about ${Math.floor(completed * 100)} %`}`;
  }
  if (copied.rows === 0) return `${table} is to be copied first`;
  return `${table}: ${copied.rows.toLocaleString('en')} rows copied, about ${Math.floor(copied.share * 100)} %`;
}

/** What is in the way: each problem once, with the rows of each shard. */
export function problemLines({ shards }: FleetMigrationReport): string[] {
  const rowsByProblem = new Map<string, string[]>();
  for (const { shard, problems } of shards) {
    for (const problem of problems) {
      const told = showProblem(problem);
      rowsByProblem.set(told, [...(rowsByProblem.get(told) ?? []), `  ${shard}${showRows(problem)}`]);
    }
  }
  return [...rowsByProblem].flatMap(([told, rows]) => [`\n${told}`, ...rows]);
}

function showProblem({ tag, statement, statements, sql, message }: MigrationProblem): string {
  const where = statement === null ? '' : `, statement ${statement} of ${statements}: ${sql}`;
  return tag === null ? message : `${tag}${where}\n  ${message}`;
}

function showRows({ rows, keys }: MigrationProblem): string {
  if (rows === null) return '';
  const counted = `: ${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`;
  const shown = keys.slice(0, MAX_SHOWN_KEYS).map(showKey).join('; ');
  return shown === '' ? counted : `${counted}, ${rows > MAX_SHOWN_KEYS ? 'such as ' : ''}${shown}`;
}

const MAX_SHOWN_KEYS = 2;

const showKey = (key: RowKeyText): string =>
  Object.entries(key)
    .map(([column, value]) => `${column}=${value ?? 'NULL'}`)
    .join(' ');

/** What to do now. */
export function nextStep({ shards }: FleetMigrationReport): string {
  const count = (state: NamedShardMigration['state']) => shards.filter((each) => each.state === state).length;
  const steps = count('COPYING') + count('SETTLING');
  const [done, pending] = [count('UP_TO_DATE'), count('PENDING') + steps];
  if (done === shards.length) return `\n${done === 1 ? 'The shard is' : `All ${done} shards are`} up to date.`;
  if (count('UNREACHABLE') > 0) {
    return done === 0
      ? '\nNo shard migrates before all have been checked. Try again in a moment.'
      : '\nNot all shards answered. Try again in a moment: it goes on where it was.';
  }
  if (count('REFUSED') === 0 && steps > 0) {
    return `\n${showCount(steps)} to migrate in steps: npm run shardql -- migrate run. Whether the rows fit is known once they are copied.`;
  }
  if (count('REFUSED') === 0) {
    return done > 0
      ? `\n${showCount(done)} up to date, ${pending} to migrate: npm run shardql -- migrate run, once they run this release.`
      : `\n${showCount(pending)} can migrate: npm run shardql -- migrate run. The first request would do it too.`;
  }
  if (shards.some(({ problems }) => problems.some(({ kind }) => kind === 'HISTORY'))) {
    return `\nThese shards need another release: see "Ways back" in ${GUIDE}.`;
  }
  return done === 0
    ? `\nNo shard was changed. The release before still runs: start or deploy it again and mend the rows; or mend them in the\nmigration's SQL and run npm run db:generate; or take the change back. See "Ways back" in ${GUIDE}.`
    : `\n${done} of ${shards.length} shards have migrated, so the release before does not run. Mend the rows in the migration's SQL and run\nnpm run db:generate, or take it back with npm run db:generate -- --revert. See "Ways back" in ${GUIDE}.`;
}

export const showCount = (shards: number): string => (shards === 1 ? '1 shard' : `${shards} shards`);
