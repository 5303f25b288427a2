/** Cutting files into rows, on random files of each format. `RUNS` and `SEED` as for all properties. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCells } from '../../../scripts/cli/import/reading/csv-cells.ts';
import { CsvCutter } from '../../../scripts/cli/import/reading/csv-cutter.ts';
import { JsonCutter } from '../../../scripts/cli/import/reading/json-cutter.ts';
import { NdjsonCutter } from '../../../scripts/cli/import/reading/ndjson-cutter.ts';
import { type Position, type SourceRow, StructureError } from '../../../scripts/cli/import/reading/source-row.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';

const CUTTERS = { ndjson: NdjsonCutter, json: JsonCutter, csv: CsvCutter } as const;
type Format = keyof typeof CUTTERS;

const START: Position = { offset: 0, line: 1, rows: 0 };

/** All rows, and what is wrong with the file as a whole. */
function cutAll(format: Format, file: Buffer, from = START, sizes: readonly number[] = [5]) {
  const cutter = new CUTTERS[format](from);
  const rows: SourceRow[] = [];
  try {
    for (let at = from.offset, turn = 0; at < file.length; turn++) {
      const end = Math.min(file.length, at + sizes[turn % sizes.length]!);
      for (const row of cutter.cut(file.subarray(at, end))) rows.push(row);
      at = end;
    }
    for (const row of cutter.end()) rows.push(row);
  } catch (error) {
    if (!(error instanceof StructureError)) throw error;
    return { rows, lost: error };
  }
  return { rows, lost: null };
}

interface MadeFile {
  readonly file: Buffer;
  readonly rows: readonly { readonly line: number; readonly value: unknown }[];
}

const text = fc.string({
  unit: fc.constantFrom('a', 'é', '€', '😀', '"', ',', '\n', '\r\n', '\\', '[', '}', ' ', '\ufffd'),
});
const space = fc.string({ unit: fc.constantFrom(' ', '\n', '\r\n', '\t'), maxLength: 3 });
const countLines = (written: string): number => written.split('\n').length;

/** Puts parts together, and notes on which line each row begins. */
function make(parts: readonly { readonly text: string; readonly value?: unknown }[]): MadeFile {
  let written = '';
  const rows: { line: number; value: unknown }[] = [];
  for (const { text, value } of parts) {
    if (value !== undefined) rows.push({ line: countLines(written), value });
    written += text;
  }
  return { file: Buffer.from(written), rows };
}

const ndjson = fc
  .array(
    fc.record({
      value: fc.record({ a: text, b: fc.array(text, { maxLength: 2 }) }),
      blank: fc.constantFrom('', '\n', ' \r\n'),
    }),
  )
  .chain((rows) =>
    fc.tuple(fc.constantFrom('\n', '\r\n'), fc.boolean()).map(([lineEnd, isEnded]) => {
      const parts = rows.flatMap(({ value, blank }, index) => [
        { text: blank },
        { text: JSON.stringify(value), value },
        { text: isEnded || index < rows.length - 1 ? lineEnd : '' },
      ]);
      return make(parts);
    }),
  );

const json = fc
  .array(
    fc.record({
      value: fc.oneof(fc.record({ a: text, b: fc.array(text) }), text, fc.integer()),
      before: space,
      after: space,
    }),
  )
  .chain((rows) =>
    fc
      .tuple(space, fc.constantFrom(undefined, 2), space)
      .map(([before, indent, after]) =>
        make([
          { text: `${before}[` },
          ...rows.flatMap((row, index) => [
            { text: row.before },
            { text: JSON.stringify(row.value, null, indent), value: row.value },
            { text: row.after + (index < rows.length - 1 ? ',' : '') },
          ]),
          { text: `]${after}` },
        ]),
      ),
  );

const quoted = (cell: string, isForced: boolean): string =>
  isForced || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;

const csv = fc
  .array(
    fc.tuple(
      fc.array(text, { minLength: 2, maxLength: 4 }),
      fc.boolean(),
      fc.constantFrom('\n', '\r\n'),
      fc.constantFrom('', '\n', '\r\n'),
    ),
  )
  .chain((records) =>
    fc
      .boolean()
      .map((isEnded) =>
        make(
          records.flatMap(([cells, isForced, lineEnd, blank], index) => [
            { text: cells.map((cell) => quoted(cell, isForced)).join(), value: cells },
            { text: isEnded || index < records.length - 1 ? lineEnd + blank : '' },
          ]),
        ),
      ),
  );

const FILES: Readonly<Record<Format, fc.Arbitrary<MadeFile>>> = { ndjson, json, csv };

const readValue = (format: Format, row: SourceRow): unknown =>
  format === 'csv' ? csvCells(row.bytes!.toString()) : JSON.parse(row.bytes!.toString());

const runs = propertyRuns(60);

describe(`rows (${describeRuns(runs)})`, () => {
  it.each(Object.keys(FILES) as Format[])(
    'of %s are those that were written, however the file is cut into parts',
    (format) => {
      fc.assert(
        fc.property(
          FILES[format],
          fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
          ({ file, rows }, sizes) => {
            const { rows: cut, lost } = cutAll(format, file, START, sizes);
            expect(lost).toBe(null);
            expect(cut.map((row) => ({ line: row.line, value: readValue(format, row) }))).toEqual(rows);
            expect(cut.map(({ ordinal, problem }) => [ordinal, problem])).toEqual(rows.map((_, at) => [at + 1, null]));
          },
        ),
        runs,
      );
    },
  );

  it.each(Object.keys(FILES) as Format[])(
    'of %s go on behind each row as if nothing had been read before',
    (format) => {
      fc.assert(
        fc.property(FILES[format], fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }), ({ file }, sizes) => {
          const { rows } = cutAll(format, file, START, sizes);
          for (const [at, { next }] of rows.entries()) {
            expect(cutAll(format, file, next, sizes)).toEqual({ rows: rows.slice(at + 1), lost: null });
          }
        }),
        runs,
      );
    },
  );
});

describe('what is no row', () => {
  const cut = (format: Format, file: string) => {
    const { rows, lost } = cutAll(format, Buffer.from(file));
    const told = rows.map(({ line, bytes, problem }) => [
      line,
      problem === null ? bytes!.toString() : problem.slice(0, 34),
    ]);
    return lost === null ? told : [...told, [lost.place.line, lost.message]];
  };

  it('fails alone in JSON as long as brackets and quotes tell where it ends', () => {
    expect(cut('json', '[{"a":1},\n{"a": oops},{"a":2,}\n,[1],{"a":"]"}]')).toEqual([
      [1, '{"a":1}'],
      [2, '{"a": oops}'],
      [2, '{"a":2,}\n'],
      [3, '[1]'],
      [3, '{"a":"]"}'],
    ]);
    const nothing = 'Expected an object between commas, ';
    expect(cut('json', '[,1,\n,2,]')).toEqual([
      [1, nothing.slice(0, 34)],
      [1, '1'],
      [2, nothing.slice(0, 34)],
      [2, '2'],
      [2, nothing.slice(0, 34)],
    ]);
    expect(cut('json', '[{"a":"x\ny"},2]')).toEqual([
      [1, 'Expected line breaks and other con'],
      [2, '2'],
    ]);
  });

  it('ends a JSON file if nobody can tell where the next row begins', () => {
    const left = 'The rest of the file is left out.';
    expect(cut('json', '[1,\n{"a":[1}')).toEqual([
      [1, '1'],
      [2, `Expected a JSON array of objects, but got brackets that do not match. ${left}`],
    ]);
    expect(cut('json', ' {"a":1}')).toEqual([[1, `Expected a JSON array of objects, but got another value. ${left}`]]);
    for (const file of ['', ' ', '[', '[1', '[1,', '[{"a":"']) {
      expect(cut('json', file).at(-1)).toEqual([1, `Expected a JSON array of objects, but it does not end. ${left}`]);
    }
    expect(cut('json', '[1]\n[2]')).toEqual([
      [1, '1'],
      [2, `Expected the file to end after the JSON array, but got more. ${left}`],
    ]);
  });

  it('fails alone in CSV if its quotes are wrong, with the lines that it takes', () => {
    const wrong = 'Expected quotes as in RFC 4180 (around whole cells, doubled inside), but got one elsewhere.';
    const problems = (file: string) =>
      cutAll('csv', Buffer.from(file)).rows.map(({ line, problem, bytes }) => [line, problem ?? bytes!.toString()]);
    expect(problems('a,b\n5" pipe,x\n"c",d')).toEqual([
      [1, 'a,b'],
      [2, wrong],
      [3, '"c",d'],
    ]);
    expect(problems('"He said "hi" there",x\r\nnext,1\r\n')).toEqual([
      [1, wrong],
      [2, 'next,1'],
    ]);
    expect(problems('"a"b,c\nd,"e"\nf,g\n')).toEqual([
      [1, `${wrong} Lines 1 to 2 are left out.`],
      [3, 'f,g'],
    ]);
  });

  it('ends a CSV file if a quoted cell does not end', () => {
    expect(cut('csv', 'a,b\n"c,d\ne,f\n').at(-1)).toEqual([
      2,
      'Expected a quoted cell to end with a quote, but the file ends. The rest of the file is left out.',
    ]);
  });

  it('is a row that is too long, of which nothing is kept but where it ends', () => {
    const long = 'x'.repeat(9_000_000);
    for (const [format, file] of [
      ['ndjson', `1\n"${long}"\n2\n`],
      ['json', `[1,"${long}",2]`],
      ['csv', `1,1\n"${long}",1\n2,2`],
    ] as const) {
      const { rows, lost } = cutAll(format, Buffer.from(file), START, [1_000_000]);
      expect(lost).toBe(null);
      expect(rows.map(({ bytes, ordinal }) => [ordinal, bytes === null])).toEqual([
        [1, false],
        [2, true],
        [3, false],
      ]);
    }
  });
});

describe('lines of CSV', () => {
  it('end with CRLF, LF or CR, also mixed', () => {
    const { rows } = cutAll('csv', Buffer.from('a,b\rc,"d\r\ne"\r\nf,g\nh,i\r\r\nj,k'), START, [1]);
    expect(rows.map(({ bytes, line }) => [line, bytes!.toString()])).toEqual([
      [1, 'a,b'],
      [2, 'c,"d\r\ne"'],
      [4, 'f,g'],
      [5, 'h,i'],
      [7, 'j,k'],
    ]);
  });
});
