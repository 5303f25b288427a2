/**
 * Imports whose process is killed at random moments, and that are started again, leave what an undisturbed import does:
 * the rows, the rejected rows and the counts, in every format. `SEED` repeats a run; `ROUNDS` sets how many imports are
 * killed three times each (default 1).
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { below, createRandom, pick, seedOfRun } from '../../support/random.ts';
import type { Outcome } from '../../support/run-in-process.ts';
import { type Server, startServer } from '../../support/server.ts';
import { Workplace } from '../run-cli.ts';
import { fileText } from '../table-text.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 1);
const KILLS = 3;
/** A process is killed when it has noted so many of its steps at most, and up to so long after. */
const MAX_STEPS = 4;
const KILL_WITHIN_MS = 120;

const ACCOUNTS = 40;
/** More than two requests' worth; a parent comes in another request than its child. */
const CATEGORIES = 18_000;
const TO_PARENT = 213 * ACCOUNTS;

const seed = seedOfRun();
const random = createRandom(seed);

let place: Workplace;
let server: Server;

beforeAll(async () => {
  place = new Workplace();
  server = await startServer({ shards: 4, config: 'tests/e2e/all-types-worker/wrangler.toml' });
});
afterAll(async () => {
  await server?.stop();
  place?.remove();
});

type Row = Readonly<Record<string, unknown>>;

/** How a file may look, by its format. */
const LOOKS: Readonly<Record<string, readonly ((rows: readonly Row[]) => string)[]>> = {
  ndjson: [
    (rows) => fileText('ndjson', rows),
    (rows) => `\ufeff${fileText('ndjson', rows).replaceAll('\n', '\r\n')}\r\n`,
    (rows) => rows.map((row) => `${JSON.stringify(row)}\n${random() < 0.1 ? '\n' : ''}`).join(''),
  ],
  json: [
    (rows) => JSON.stringify(rows),
    (rows) => `\ufeff${JSON.stringify(rows)}`,
    (rows) => fileText('json', rows),
    (rows) => JSON.stringify(rows, null, 2).replaceAll('\n', '\r\n'),
    // Some rows to a line.
    (rows) =>
      `[${rows.map((row, at) => JSON.stringify(row) + (at === rows.length - 1 ? '' : at % 7 ? ',' : ',\n')).join('')}]\n`,
  ],
  csv: [
    (rows) => fileText('csv', rows),
    (rows) => `\ufeff${fileText('csv', rows)}\r\n`,
    (rows) => `${fileText('csv', rows).replaceAll('\r\n', '\n')}\n\n`,
  ],
};

interface Made {
  readonly files: readonly { readonly name: string; readonly text: string }[];
  readonly rows: Readonly<Record<'accounts' | 'categories', readonly Row[]>>;
  readonly failed: number;
}

/** Rows of accounts of their own. Some fail by a value, some by a parent that nobody has. */
function make(round: number): Made {
  const account = (at: number) => `r${round}-${at}`;
  const accounts = Array.from({ length: ACCOUNTS }, (_, at) => ({
    id: account(at),
    name: `a "${at}",\nof two lines, é`,
  }));
  const categories = Array.from({ length: CATEGORIES }, (_, id) => ({
    account_id: account(id % ACCOUNTS),
    id,
    parent_id: id + TO_PARENT < CATEGORIES ? id + TO_PARENT : null,
    name: id % 3 === 0 ? `c${id}\nx` : `c${id}`,
  }));
  // Of a value that no row may have.
  const bad = [40, 9_000, 17_900].map((id) => ({
    ...categories[id]!,
    account_id: account(0),
    id: 100_000 + id,
    name: 'b',
    parent_id: 'x',
  }));
  const orphans = [10, 8_100].map((id) => ({
    account_id: account(1),
    id: 200_000 + id,
    parent_id: 999_999,
    name: 'o',
  }));
  const written: Row[] = [...categories];
  for (const [at, row] of [...bad, ...orphans].entries()) written.splice(3_000 * at + 17, 0, row);
  const look = (rows: readonly Row[], table: string) => {
    const format = pick(random, Object.keys(LOOKS));
    return { name: `${table}.${format}`, text: pick(random, LOOKS[format]!)(rows) };
  };
  return {
    files: [look(accounts, 'accounts'), look(written, 'categories')],
    rows: { accounts, categories },
    failed: bad.length + orphans.length,
  };
}

const runImport = (watch?: (child: ChildProcess) => void) =>
  place.run(['import', 'data', '--url', server.origin, '--json'], watch);

/** Kills the process at a random moment after it has noted a step. Null: it was killed in time. */
async function runKilledImport(): Promise<Outcome | null> {
  let last = lastStepMs();
  let steps = below(random, MAX_STEPS);
  const delayMs = random() * KILL_WITHIN_MS;
  const outcome = await runImport((child) => {
    const timer = setInterval(() => {
      const now = lastStepMs();
      if (steps > 0 && (now === 0 || now === last)) return;
      last = now;
      steps--;
      if (steps >= 0) return;
      clearInterval(timer);
      setTimeout(() => child.kill('SIGKILL'), delayMs);
    }, 2);
    child.once('exit', () => clearInterval(timer));
  });
  return outcome.code === null ? null : outcome;
}

/** When the state that an import keeps was last written; 0 if there is none. */
function lastStepMs(): number {
  try {
    const cache = join(place.folder, 'cache/shardql');
    return Math.max(0, ...readdirSync(cache).map((name) => statSync(join(cache, name)).mtimeMs));
  } catch {
    // Not there yet, or renamed at this moment.
    return 0;
  }
}

/** All rows of a round that are there. */
async function readRows(table: string, column: string, round: number): Promise<Row[]> {
  const prefix = `r${round}-`;
  const rows: Row[] = [];
  const key = (account: string) => JSON.stringify(table === 'accounts' ? [account] : [account, -1]);
  for (let after: string | null = encodeURIComponent(key(prefix)); after !== null; ) {
    const answer: Response = await fetch(`${server.origin}/export?table=${table}&limit=5000&after=${after}`);
    expect(answer.status).toBe(200);
    const page = (await answer.text())
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line): Row => JSON.parse(line));
    const mine = page.filter((row) => String(row[column]).startsWith(prefix));
    rows.push(...mine);
    after = mine.length === page.length ? answer.headers.get('x-shardql-next') : null;
  }
  return rows;
}

/** Integers of keys come back as text. */
const byKey = (rows: readonly Row[]): string =>
  rows
    .map((row) =>
      Object.entries(row)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, value]) => `${name}=${JSON.stringify(value === null ? null : String(value))}`)
        .join(),
    )
    .sort()
    .join('\n');

describe('an import that is killed', () => {
  let kills = 0;

  it.each(Array.from({ length: ROUNDS }, (_, round) => round))(
    `leaves what an undisturbed one does (SEED=${seed}, round %i of ${ROUNDS})`,
    { timeout: 300_000 },
    async (round) => {
      const { files, rows, failed } = make(round);
      rmSync(join(place.folder, 'data'), { recursive: true, force: true });
      mkdirSync(join(place.folder, 'data'));
      for (const { name, text } of files) writeFileSync(join(place.folder, 'data', name), text);

      let complete: Outcome | null = null;
      for (let kill = 0; complete === null && kill < KILLS; kill++) {
        complete = await runKilledImport();
        if (complete === null) kills++;
      }
      complete ??= await runImport();
      expect(complete.stderr).not.toContain('Starting over');
      expect(complete.code).toBe(1);

      // Before anything is imported again: that would mend what the resumed import left out.
      expect(byKey(await readRows('accounts', 'id', round)) === byKey(rows.accounts)).toBe(true);
      const categories = await readRows('categories', 'account_id', round);
      expect(categories).toHaveLength(rows.categories.length);
      expect(byKey(categories) === byKey(rows.categories)).toBe(true);

      const result = JSON.parse(complete.stdout);
      expect(result.failed).toBe(failed);
      for (const { table, inserted, updated, unchanged } of result.tables) {
        expect([table, inserted + unchanged, updated]).toEqual([table, rows[table as keyof typeof rows].length, 0]);
      }
      const rejects = readFileSync(join(place.folder, 'shardql-rejects.ndjson'), 'utf8').trim().split('\n');
      const places = rejects.map((line) => JSON.parse(line)).map(({ ordinal, code }) => `${ordinal} ${code}`);
      expect(places.sort()).toEqual(
        [
          '12018 FOREIGN_KEY_VIOLATION',
          '18 BAD_USER_INPUT',
          '3018 BAD_USER_INPUT',
          '6018 BAD_USER_INPUT',
          '9018 FOREIGN_KEY_VIOLATION',
        ].sort(),
      );

      expect((await runImport()).stdout).toMatch(
        /"inserted":0,"updated":0,"unchanged":40.*"inserted":0,"updated":0,"unchanged":18000/,
      );
    },
  );

  it(`was killed often enough to tell (SEED=${seed})`, () => {
    console.log(`${kills} kills`);
    expect(kills).toBeGreaterThanOrEqual(ROUNDS);
  });
});
