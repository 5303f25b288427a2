/**
 * Imports that are cut off at any request, and run again, leave what an undisturbed one does: rows, rejected rows and
 * counts. The API is simulated; `tests/scripts/import/kill.test.ts` kills processes. `RUNS` and `SEED` as for all properties.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CliError } from '../../../scripts/cli/cli-error.ts';
import { type ImportResult, importFiles } from '../../../scripts/cli/import/import-files.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { FORMATS, type Format, fileText } from '../table-text.ts';
import { FakeApi } from './fake-api.ts';

let folder: string;
let notes: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shardql-resume-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  notes = [];
  vi.spyOn(console, 'error').mockImplementation((line: string) => void notes.push(line));
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const rejectsPath = () => join(folder, 'rejects.ndjson');

function run(api: FakeApi, changes: { readonly resume?: boolean } = {}): Promise<ImportResult> {
  vi.stubGlobal('fetch', api.fetch);
  const options = {
    url: 'http://api.test',
    dryRun: false,
    rejects: rejectsPath(),
    resume: true,
    json: true,
    ...changes,
  };
  return importFiles([join(folder, 'data')], options);
}

/** Null: it was cut off. */
async function runCutOff(api: FakeApi, requests: number, isLastApplied: boolean): Promise<ImportResult | null> {
  api.failAfter(requests, isLastApplied);
  try {
    return await run(api);
  } catch (error) {
    if (error instanceof CliError && error.message.startsWith('Cannot reach')) return null;
    throw error;
  } finally {
    api.failAfter(Number.POSITIVE_INFINITY, false);
  }
}

const readRejects = (): string[] =>
  existsSync(rejectsPath()) ? readFileSync(rejectsPath(), 'utf8').trim().split('\n').sort() : [];

const rowsOf = (api: FakeApi) => [...api.rowsByTable].map(([table, rows]) => [table, [...rows].sort()]);

/** A row of each size that matters: several fill a request of 2 MB. */
const sizes = [10, 700_000] as const;

interface Made {
  readonly groups: readonly object[];
  readonly nodes: readonly object[];
  readonly formats: readonly [Format, Format];
  readonly isOneLine: boolean;
}

const row = fc.record({ size: fc.constantFrom(...sizes), isRefused: fc.boolean(), parent: fc.nat(12) });
const made: fc.Arbitrary<Made> = fc
  .record({
    groups: fc.array(row, { minLength: 1, maxLength: 8 }),
    nodes: fc.array(row, { minLength: 1, maxLength: 10 }),
    formats: fc.tuple(fc.constantFrom(...FORMATS), fc.constantFrom(...FORMATS)),
    isOneLine: fc.boolean(),
  })
  .map(({ groups, nodes, ...rest }) => {
    const text = ({ size, isRefused }: (typeof groups)[number]) =>
      isRefused && size === 10 ? 'refused' : 'x\ny'.repeat(size / 3);
    return {
      groups: groups.map((each, at) => ({ id: `g${at}`, text: text(each) })),
      // A parent may come before its child, after it, in another request, or be missing.
      nodes: nodes.map((each, at) => ({
        id: `n${at}`,
        parent: `n${each.parent === at ? at + 1 : each.parent}`,
        text: text(each),
      })),
      ...rest,
    };
  })
  .map((files) => ({
    ...files,
    nodes: files.nodes.map((node, at) => (at % 4 === 0 ? { ...node, parent: 'g0' } : node)),
  }));

function write({ groups, nodes, formats, isOneLine }: Made): void {
  rmSync(join(folder, 'data'), { recursive: true, force: true });
  mkdirSync(join(folder, 'data'), { recursive: true });
  for (const [table, rows, format] of [
    ['groups', groups, formats[0]],
    ['nodes', nodes, formats[1]],
  ] as const) {
    const text =
      format === 'json' && isOneLine ? JSON.stringify(rows) : fileText(format, rows as Record<string, unknown>[]);
    writeFileSync(join(folder, `data/${table}.${format}`), text);
  }
}

const sumOf = ({ inserted, updated, unchanged, failed }: ImportResult['tables'][number]) => ({
  in: inserted + updated + unchanged,
  failed,
});

const runs = propertyRuns(4);

describe('an import that is cut off', () => {
  it(`and run again leaves what an undisturbed one does (${describeRuns(runs)})`, { timeout: 600_000 }, async () => {
    const cut = fc.record({ requests: fc.nat(6), isLastApplied: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(made, fc.array(cut, { minLength: 1, maxLength: 6 }), async (files, cuts) => {
        write(files);
        const undisturbed = new FakeApi();
        const wanted = await run(undisturbed);
        const wantedRejects = readRejects();
        rmSync(rejectsPath(), { force: true });

        const api = new FakeApi();
        let result: ImportResult | null = null;
        for (const { requests, isLastApplied } of cuts) result ??= await runCutOff(api, requests, isLastApplied);
        result ??= await run(api);

        expect(rowsOf(api)).toEqual(rowsOf(undisturbed));
        expect(readRejects()).toEqual(wantedRejects);
        expect(result.failed).toBe(wanted.failed);
        expect(result.tables.map(sumOf)).toEqual(wanted.tables.map(sumOf));
        expect(result.token).not.toBe(null);
        rmSync(rejectsPath(), { force: true });
      }),
      runs,
    );
  });

  const rows = (count: number, text = 'x') =>
    Array.from({ length: count }, (_, at) => ({ id: `g${at}`, text: text.repeat(700_000) }));
  const path = (format: Format) => join(folder, `data/groups.${format}`);
  const cutOff = async (api: FakeApi, format: Format, requests: number) => {
    write({ groups: rows(7), nodes: [], formats: [format, 'ndjson'], isOneLine: true });
    rmSync(join(folder, 'data/nodes.ndjson'));
    expect(await runCutOff(api, requests, false)).toBe(null);
  };
  const texts = (api: FakeApi) => [...api.rowsByTable.get('groups')!.values()].map(({ text }) => text![0]);

  it.each(FORMATS)('goes on in the same line of %s, and reads nothing twice', async (format) => {
    const api = new FakeApi();
    await cutOff(api, format, 2);
    const before = api.rowsByTable.get('groups')!.size;
    expect(before).toBeGreaterThan(0);
    const result = await run(api);
    expect(notes).toContain('Going on where the last import of these files was cut off.');
    expect(result.tables[0]).toMatchObject({ inserted: 7, unchanged: 0, failed: 0 });
  });

  it.each(FORMATS)(
    'starts over if what it has read of %s is another text now, of the same size and time',
    async (format) => {
      const api = new FakeApi();
      await cutOff(api, format, 2);
      const times = new Date('2026-01-01');
      utimesSync(path(format), times, times);
      writeFileSync(path(format), readFileSync(path(format), 'utf8').replace('xxx', 'yxx'));
      utimesSync(path(format), times, times);
      const result = await run(api);
      expect(notes).toContain(`Starting over: since the import was cut off, ${path(format)} has changed.`);
      expect(result.tables[0]).toMatchObject({ failed: 0 });
      expect(texts(api)).toEqual(['y', ...Array.from({ length: 6 }, () => 'x')]);
    },
  );

  it.each(FORMATS)(
    'takes what comes after the rows that it has read from %s as it is now, and says so',
    async (format) => {
      const api = new FakeApi();
      await cutOff(api, format, 2);
      const text = readFileSync(path(format), 'utf8');
      const at = text.lastIndexOf('xxx');
      writeFileSync(path(format), `${text.slice(0, at)}longer${text.slice(at)}`);
      const result = await run(api);
      expect(notes.join('\n')).toMatch(
        /groups\..* has changed behind the \d+ rows that were imported: the rest is taken as it is now\./,
      );
      expect(result.tables[0]).toMatchObject({ inserted: 7, unchanged: 0, failed: 0 });
      expect(api.rowsByTable.get('groups')!.get('g6')!.text).toContain('longer');
    },
  );

  it('starts over if a file that was complete has grown, since its last row may have', async () => {
    const api = new FakeApi();
    write({
      groups: rows(1),
      nodes: [{ id: 'n', parent: null, text: 'x' }],
      formats: ['ndjson', 'ndjson'],
      isOneLine: false,
    });
    expect(await runCutOff(api, 1, false)).toBe(null);
    appendFileSync(path('ndjson'), `\n${JSON.stringify({ id: 'more', text: 'x' })}`);
    const result = await run(api);
    expect(notes).toContain(`Starting over: since the import was cut off, ${path('ndjson')} has changed.`);
    expect(result.tables[0]).toMatchObject({ inserted: 1, unchanged: 1, failed: 0 });
  });

  it('starts over if the reject file is another one, and if the rows are gone', async () => {
    const refused = rows(7).map((group, at) => (at === 0 ? { ...group, text: 'refused' } : group));
    const api = new FakeApi();
    write({ groups: refused, nodes: [], formats: ['ndjson', 'ndjson'], isOneLine: false });
    rmSync(join(folder, 'data/nodes.ndjson'));
    expect(await runCutOff(api, 1, false)).toBe(null);
    rmSync(rejectsPath());
    expect(await run(api)).toMatchObject({ failed: 1 });
    expect(notes).toContain(`Starting over: since the import was cut off, ${rejectsPath()} has changed.`);
    expect(readRejects()).toHaveLength(1);

    expect(await runCutOff(api, 1, false)).toBe(null);
    const other = new FakeApi();
    expect((await run(other)).tables[0]).toMatchObject({ inserted: 6, failed: 1 });
    expect(notes).toContain('Starting over: since the import was cut off, the API has lost rows of it.');
    expect(readRejects()).toHaveLength(1);
  });

  it('goes on within the rounds in which rows wait for their parents', { timeout: 600_000 }, async () => {
    // Two rows fill a request, and each node's parent comes after it.
    const text = 'x'.repeat(1_000_000);
    const node = (at: number) => ({ id: `n${at}`, parent: at === 4 ? 'g0' : `n${at + 1}`, text });
    const nodes = [...Array.from({ length: 5 }, (_, at) => node(at)), { id: 'lost', parent: 'nobody', text }];
    const groups = [{ id: 'g0', text: 'x' }];
    let total = Number.POSITIVE_INFINITY;
    for (let requests = 2; requests < total; requests += 3) {
      const api = new FakeApi();
      write({ groups, nodes, formats: ['json', 'ndjson'], isOneLine: true });
      total = (await runCutOff(api, requests, requests % 2 === 0)) === null ? total : requests;
      const result = total === requests ? null : await run(api);
      if (result === null) break;
      expect(result.failed).toBe(1);
      expect(result.tables.map(sumOf)).toEqual([
        { in: 1, failed: 0 },
        { in: 5, failed: 1 },
      ]);
      expect(readRejects().map((line) => JSON.parse(line).ordinal)).toEqual([6]);
      rmSync(rejectsPath());
    }
    expect(total).toBeGreaterThan(10);
  });

  it('goes on however the same files are named', async () => {
    const api = new FakeApi();
    const nodes = [{ id: 'child', parent: 'parent', text: 'x' }, ...rows(4), { id: 'parent', parent: null, text: 'x' }];
    write({ groups: [{ id: 'g', text: 'x' }], nodes, formats: ['csv', 'ndjson'], isOneLine: false });
    expect(await runCutOff(api, 2, false)).toBe(null);
    const here = (name: string) => relative(process.cwd(), join(folder, name));
    const options = {
      url: 'http://api.test',
      dryRun: false,
      rejects: here('rejects.ndjson'),
      resume: true,
      json: true,
    };
    const files = [here('data/nodes.ndjson'), here('data/groups.csv')];
    expect(await importFiles(files, options)).toMatchObject({ failed: 0 });
    expect(notes).toEqual(['Going on where the last import of these files was cut off.']);
  });

  it('cuts off what a killed import has rejected behind the rows that were answered for', async () => {
    const api = new FakeApi();
    const refused = rows(7).map((group, at) => (at === 0 || at === 6 ? { ...group, text: 'refused' } : group));
    write({ groups: refused, nodes: [], formats: ['csv', 'ndjson'], isOneLine: false });
    expect(await runCutOff(api, 1, false)).toBe(null);
    appendFileSync(rejectsPath(), '{"file":"of a request that no step was noted of');
    expect(await run(api)).toMatchObject({ failed: 2 });
    expect(readRejects().map((line) => JSON.parse(line).ordinal)).toEqual([1, 7]);
  });

  it('says which file has changed while it was read', async () => {
    const api = new FakeApi();
    write({ groups: rows(7), nodes: [], formats: ['ndjson', 'ndjson'], isOneLine: false });
    api.onImport = () => appendFileSync(path('ndjson'), `\n${JSON.stringify({ id: 'late', text: 'x' })}`);
    expect((await run(api)).changed).toEqual([path('ndjson')]);
    expect(notes.at(-1)).toBe(`${path('ndjson')} has changed while it was imported: import it again.`);
    api.onImport = () => {};
    expect(await run(api)).toMatchObject({ changed: [], failed: 0 });
  });

  it('starts over if the rows are gone, though there are as many others', async () => {
    const api = new FakeApi();
    const groups = Array.from({ length: 20_000 }, (_, at) => ({ id: `g${at}`, text: at === 15_999 ? 'refused' : 'x' }));
    write({ groups, nodes: [], formats: ['csv', 'ndjson'], isOneLine: false });
    expect(await runCutOff(api, 2, false)).toBe(null);
    const others = new FakeApi();
    for (const { id, text } of groups) others.rowsByTable.get('groups')!.set(`other-${id}`, { id, text });
    expect((await run(others)).tables[0]).toMatchObject({ inserted: 19_998, unchanged: 1, failed: 1 });
    expect(notes).toContain('Starting over: since the import was cut off, the API has lost rows of it.');
    // And goes on where they are.
    write({ groups, nodes: [], formats: ['csv', 'ndjson'], isOneLine: false });
    const other = new FakeApi();
    expect(await runCutOff(other, 2, false)).toBe(null);
    expect((await run(other)).tables[0]).toMatchObject({ inserted: 19_999, unchanged: 0, failed: 1 });
  });

  it('lets the first row that was ever imported here wait for its parent', async () => {
    const api = new FakeApi();
    write({
      groups: [],
      nodes: [{ id: 'n', parent: 'nobody', text: 'x' }],
      formats: ['ndjson', 'csv'],
      isOneLine: false,
    });
    rmSync(join(folder, 'data/groups.ndjson'));
    expect(await run(api)).toMatchObject({ failed: 1 });
    expect(readRejects()).toHaveLength(1);
  });

  it('starts over if told to', async () => {
    const api = new FakeApi();
    await cutOff(api, 'json', 2);
    const done = api.rowsByTable.get('groups')!.size;
    expect((await run(api, { resume: false })).tables[0]).toMatchObject({ inserted: 7 - done, unchanged: done });
  });
});
