import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const config = 'tests/e2e/all-types-worker/wrangler.toml';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

/** Changes rows past the API, in all shards of a server that is down. */
function changeStored(folder: string, statement: string): number {
  let changes = 0;
  for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.sqlite')) continue;
    const database = new DatabaseSync(join(folder, file));
    const isShard = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'samples'").get() !== undefined;
    if (isShard) {
      for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").all()) {
        database.exec(`DROP TRIGGER "${name}"`);
      }
      changes += Number(database.prepare(statement).run().changes);
    }
    database.close();
  }
  return changes;
}

it('an export gets out what does not fit the model any more, in every format, and tells how much', async () => {
  const data = join(place.folder, 'data');
  const moment = '2026-01-01T00:00:00.000Z';
  const sample = { account_id: 'a', id: '1', text_value: 't', bytes: '', seconds: moment, moment, updated_at: moment };
  place.writeRows('in/accounts.ndjson', [{ id: 'a', name: 'n' }]);
  place.writeRows('in/samples.ndjson', [
    { ...sample, wide: '1' },
    { ...sample, id: '2', wide: '2' },
  ]);
  let server = await startServer({ config, data });
  try {
    expect(await place.run(['import', 'in', '--url', server.origin])).toMatchObject({ code: 0 });
    await server.stop();
    const change = `UPDATE samples SET level = 'gone', flag = 5, json = '{"broken', moment = 'soon' WHERE id = '1'`;
    expect(changeStored(data, change)).toBe(1);
    server = await startServer({ config, data });
    for (const format of ['ndjson', 'json', 'csv']) {
      const args = ['export', '--url', server.origin, '--out', format, '--format', format];
      const { code, stdout, stderr } = await place.run(args);
      expect(code).toBe(0);
      expect(stdout).toContain(`samples: 2 rows in ${format}/samples.${format}\n`);
      expect(stderr).toBe(
        `samples: 4 values do not fit the model any more, written as stored; mend ${format}/samples.${format} before you import it.\n`,
      );
      const text = readFileSync(join(place.folder, format, `samples.${format}`), 'utf8');
      for (const value of ['gone', 'soon', 'broken']) expect(text).toContain(value);
    }
    const { stdout } = await place.run(['export', '--url', server.origin, '--table', 'samples', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      tables: [{ table: 'samples', file: 'export/samples.ndjson', rows: 2, misfits: 4 }],
    });
    const row = JSON.parse(readFileSync(join(place.folder, 'export/samples.ndjson'), 'utf8').split('\n')[0]!);
    expect(row).toMatchObject({ level: 'gone', flag: 5, json: '{"broken', moment: 'soon', text_value: 't' });
  } finally {
    await server.stop();
  }
});
