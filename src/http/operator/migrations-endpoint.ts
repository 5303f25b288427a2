import { systemTimers, wait } from '../../lib/timers.ts';
import { STARTED } from '../../shards/audit.ts';
import type { AuditTrail } from '../../shards/client/audit-trail.ts';
import type { FleetMigrations } from '../../shards/client/fleet-migrations.ts';
import { ShardQLError } from '../../shards/errors.ts';
import { DEFAULT_SHARDS_AT_ONCE, MAX_SHARDS_AT_ONCE } from '../../shards/migration-limits.ts';
import type { MigrationEvent } from '../../shards/migration-report.ts';

/** Time between two lines of progress, in milliseconds. */
const PROGRESS_MS = 250;

/** `GET /migrations`: what each shard has applied, and whether the rest would succeed. */
export const checkMigrations = async (fleet: FleetMigrations): Promise<Response> => Response.json(await fleet.check());

/**
 * `POST /migrations/run`: progress, line by line as NDJSON; the last line is the report. `?atOnce=`: how many shards are asked at once.
 *
 * @throws ShardQLError BAD_USER_INPUT
 */
export function runMigrations({ searchParams }: URL, fleet: FleetMigrations, audit: AuditTrail): Response {
  const events = follow(fleet, parseAtOnce(searchParams.get('atOnce')), audit);
  const encoder = new TextEncoder();
  const body = new ReadableStream({
    async pull(controller) {
      const { done, value } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
  });
  return new Response(body, { headers: { 'content-type': 'application/x-ndjson' } });
}

async function* follow(fleet: FleetMigrations, atOnce: number, audit: AuditTrail): AsyncGenerator<MigrationEvent> {
  // A client may be gone before the end.
  await audit.record('migrate', null, STARTED);
  const end = audit
    .recording('migrate', null, () => fleet.run(atOnce))
    .then(
      (report): MigrationEvent => ({ report }),
      (error: unknown): MigrationEvent => ({ error: error instanceof Error ? error.message : String(error) }),
    );
  for (;;) {
    const event = await Promise.race([end, wait(systemTimers, PROGRESS_MS)]);
    if (event) return yield event;
    const progress = await fleet.progress().catch(() => null);
    if (progress) yield { progress };
  }
}

function parseAtOnce(text: string | null): number {
  if (text === null) return DEFAULT_SHARDS_AT_ONCE;
  const number = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= MAX_SHARDS_AT_ONCE) return number;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected atOnce to be a whole number from 1 to ${MAX_SHARDS_AT_ONCE}, but got "${text.slice(0, 20)}".`,
  );
}
