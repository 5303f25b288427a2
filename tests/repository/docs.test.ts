/** What the documentation says of codes, numbers, features and files is so. Its queries are run in `e2e/docs.test.ts`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LEVELS } from '../../src/events/log.ts';
import * as fieldLimits from '../../src/plans/limits.ts';
import { ERROR_CODES } from '../../src/shards/errors.ts';
import { proofProblem } from '../support/docs/named-tests.ts';
import { readFeatures } from '../support/docs/read-features.ts';
import { readTableRows } from '../support/docs/read-table.ts';

const PROJECT = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(PROJECT, path), 'utf8');
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => `${folder}/${name}`);

describe('errors.md', () => {
  const given = readTableRows(read('docs/errors.md')).map(([code]) => code!.replaceAll('`', ''));

  it('lists every code once', () => {
    expect(given.toSorted()).toEqual(ERROR_CODES.toSorted());
  });

  it('has a code for nothing that src does not give', () => {
    const sources = filesIn('src', '.ts')
      .filter((path) => path !== 'src/shards/errors.ts')
      .map(read)
      .join('\n');
    // Yoga gives the code of validation.
    expect(given.filter((code) => !sources.includes(`'${code}'`))).toEqual(['GRAPHQL_VALIDATION_FAILED']);
  });
});

describe('limits.md', () => {
  const rows = readTableRows(read('docs/limits.md'));
  const linkOf = (cell: string) => /^\[`(\w+)`\]\(\.\.\/(.+)\)$/.exec(cell)!.slice(1) as [name: string, path: string];

  it.each(rows)('has the number of the sources: %s: %s', (_, number, code, link) => {
    const [name, path] = linkOf(link!);
    const value = new RegExp(`\\b${name}\\s*[:=]\\s*([\\d_ *]+)[,;\\n]`).exec(read(path))?.[1];
    expect(value, `${name} in ${path}`).toBeDefined();
    const factors = value!.split('*').map((factor) => Number(factor.replaceAll('_', '')));
    expect(number).toBe(factors.reduce((product, factor) => product * factor, 1).toLocaleString('en-US'));
    if (code!.startsWith('`')) expect(ERROR_CODES).toContain(code!.slice(1, -1));
  });

  it('lists every limit of a field', () => {
    const listed = rows.map(([, , , link]) => linkOf(link!)[0]);
    for (const name of Object.keys(fieldLimits)) expect(listed).toContain(name);
  });
});

it('operating.md lists every event that is logged, with its level', () => {
  const [, logs] = /\n## Logs\n([\s\S]*)/.exec(read('docs/operating.md'))!;
  const listed = readTableRows(logs!).map(([event, level]) => [event!.replaceAll('`', ''), level]);
  expect(listed.toSorted()).toEqual(
    Object.entries(LEVELS)
      .filter(([, level]) => level !== null)
      .toSorted(),
  );
});

describe.each(['consistency.md', 'access.md'])('%s', (page) => {
  const text = read(`docs/${page}`);
  const [promises, tests] = text.split('\n## Tests\n') as [string, string];
  const rows = readTableRows(tests);

  it.each(rows)('names a test that there is: %s %s', (_, test) => {
    expect(proofProblem(test!)).toBeNull();
  });

  it('names one for each promise', () => {
    const named = rows.map(([number]) => number!);
    const used = [...promises.matchAll(/\[(\d+)\]/g)].map(([, number]) => number!);
    expect(new Set(used)).toEqual(new Set(named));
  });
});

describe('security.md', () => {
  it.each(readTableRows(read('docs/security.md')))('names a test that there is: %s %s', (_, test) => {
    expect(proofProblem(test!)).toBeNull();
  });

  it('refuses titles of no test, and files without tests', () => {
    const path = 'tests/http/access.test.ts';
    expect(proofProblem(`\`${path}\`: that change hold for the next request (F27)`)).toBeNull();
    expect(proofProblem(`\`${path}\`: that change hold`)).toContain(`Expected a test of ${path}`);
    expect(proofProblem(`\`${path}\`: Asks as somebody; null: without a credential.`)).not.toBeNull();
    expect(proofProblem('`tests/http/access-shop.ts`: anything')).toContain('Expected `tests/….test.ts`: title');
  });
});

describe('features.md', () => {
  const text = read('docs/features.md');
  const features = readFeatures(text);

  it('has each feature once, with a proof unless it is missing', () => {
    expect(new Set(features.map(({ name }) => name)).size).toBe(74);
    expect(features).toHaveLength(74);
    const unproved = features.filter(({ state, queries, tests }) => state !== 'missing' && !queries[0] && !tests[0]);
    expect(unproved).toEqual([]);
  });

  it('counts them', () => {
    const count = (wanted: string) => features.filter(({ state }) => state === wanted).length;
    const sum = `Today: ${count('full')} full, ${count('part')} part, ${count('missing')} missing of ${features.length}.`;
    expect(text).toContain(sum);
  });
});

it('changing-the-model.md numbers its migrations from the last one of the demo on', () => {
  const given = filesIn('src/schema/migrations', '.sql').length;
  const written = [...read('docs/changing-the-model.md').matchAll(/^src\/schema\/migrations\/(\d{4})_\S+\.sql: /gm)];
  expect(written.length).toBeGreaterThan(1);
  expect(written.map(([, number]) => Number(number))).toEqual(written.map((_, index) => given + index));
});

it('the index names every page', () => {
  const index = read('docs/README.md');
  const pages = readdirSync(join(PROJECT, 'docs')).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(pages.filter((name) => !index.includes(`](${name})`))).toEqual([]);
});

it('the index of decisions names every record by its title', () => {
  const records = readdirSync(join(PROJECT, 'docs/decisions')).filter((name) => /^\d{4}-.+\.md$/.test(name));
  const lines = records.toSorted().map((name) => {
    const [, number, title] = /^# (\d{4}) (.+)\n/.exec(read(`docs/decisions/${name}`))!;
    return `* [${number}](${name}) ${title}`;
  });
  expect(read('docs/decisions/README.md').match(/^\* .+$/gm)).toEqual(lines);
});

describe('links', () => {
  const pages = [
    'README.md',
    'CONTRIBUTING.md',
    ...['docs', 'tests', 'examples', 'bench', 'src', 'scripts'].flatMap((folder) => filesIn(folder, '.md')),
  ];

  it.each(pages)('of %s lead to files and headings that are there', (page) => {
    const links = [...read(page).matchAll(/\]\((?!https?:)([^)\s]*)\)/g)].map(([, link]) => link!);
    const broken = links.filter((link) => {
      const [path, heading] = link.split('#');
      const target = path ? join(dirname(page), decodeURI(path)) : page;
      if (!existsSync(join(PROJECT, target))) return true;
      return heading !== undefined && !headingsOf(read(target)).has(heading);
    });
    expect(broken).toEqual([]);
  });
});

/** The names that GitHub gives to the headings of a page. */
const headingsOf = (text: string): ReadonlySet<string> =>
  new Set(
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
