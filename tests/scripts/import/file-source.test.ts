import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CliError } from '../../../scripts/cli/cli-error.ts';
import { FileSource } from '../../../scripts/cli/import/reading/file-source.ts';
import type { Format } from '../../../scripts/cli/import/table-files.ts';
import type { ImportColumn } from '../../../src/http/import/import-tables.ts';

const folder = mkdtempSync(join(tmpdir(), 'shardql-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const column = (name: string, sqlName: string, changes: Partial<ImportColumn> = {}): ImportColumn => ({
  name,
  sqlName,
  hasDefault: false,
  isBoolean: false,
  generated: false,
  ...changes,
});
const TABLE = {
  type: 'Person',
  table: 'people',
  columns: [
    column('id', 'id'),
    column('fullName', 'full_name'),
    column('isActive', 'is_active', { isBoolean: true, default: true, hasDefault: true }),
  ],
};

/** Reads a file of this text or these bytes. */
async function read(format: Format, content: string | Uint8Array) {
  const path = join(folder, `people.${format}`);
  writeFileSync(path, content);
  const { size: bytes, mtimeMs: modifiedMs } = { size: readFileSync(path).byteLength, mtimeMs: 0 };
  const source = await FileSource.open({ path, format, table: TABLE, bytes, modifiedMs });
  const rows: unknown[] = [];
  const unreadable: object[] = [];
  for await (const chunk of source.chunks(source.start, () => {})) {
    rows.push(
      ...chunk.body
        .toString()
        .split('\n')
        .filter((line) => line.trim() !== '')
        .map((line) => JSON.parse(line)),
    );
    unreadable.push(...chunk.unreadable);
  }
  return { rows, unreadable: unreadable as { line: number; message: string; base64?: string; text: string | null }[] };
}

const encode = (text: string) => new TextEncoder().encode(text);
/** Three rows, of which the second has these bytes as its name. */
const withName: Readonly<Record<Format, (name: readonly number[]) => Uint8Array>> = {
  ndjson: (name) =>
    Uint8Array.of(...encode('{"id":"1"}\n{"id":"2","full_name":"'), ...name, ...encode('"}\n{"id":"3"}')),
  json: (name) =>
    Uint8Array.of(...encode('[{"id":"1"},\n{"id":"2","full_name":"'), ...name, ...encode('"},\n{"id":"3"}]')),
  csv: (name) => Uint8Array.of(...encode('id,full_name\n1,\n2,'), ...name, ...encode('\n3,\n')),
};
const FORMATS = Object.keys(withName) as Format[];

const WRONG: Readonly<Record<string, readonly number[]>> = {
  'a byte of Latin-1': [0xe9],
  'an overlong form': [0xc0, 0xaf],
  'a surrogate': [0xed, 0xa0, 0xbd],
  'a character that is cut off': [0x61, 0xe2, 0x82],
  'a byte that no character has': [0x61, 0x62, 0xff],
};

describe.each(FORMATS)('a row of %s that is not UTF-8', (format) => {
  it.each(Object.keys(WRONG))('fails alone, with line and byte, and keeps its bytes: %s', async (kind) => {
    const name = WRONG[kind]!;
    const { rows, unreadable } = await read(format, withName[format](name));
    expect(rows.map((row) => (row as { id: string }).id)).toEqual(['1', '3']);
    const [failure] = unreadable;
    const line = format === 'csv' ? 3 : 2;
    expect(failure).toMatchObject({ line, ordinal: 2, code: 'UNREADABLE', text: null });
    const good = withName[format]([]);
    const at = good.findIndex((byte, index) => byte !== withName[format]([0])[index]);
    const first = name.findIndex((byte) => byte >= 0x80);
    const hex = name[first]!.toString(16).toUpperCase();
    expect(failure!.message).toBe(
      `Expected UTF-8, but got the byte 0x${hex} at byte ${at + first} of the file. ` +
        'If the file is in another encoding, convert it first, for instance with: iconv -f WINDOWS-1252 -t UTF-8',
    );
    expect(Buffer.from(failure!.base64!, 'base64').includes(Buffer.from(name))).toBe(true);
  });

  it('is none if it holds characters of each length, or U+FFFD itself', async () => {
    const { rows, unreadable } = await read(format, withName[format]([...encode('\ufffd é € 😀')]));
    expect(unreadable).toEqual([]);
    expect(rows[1]).toMatchObject({ full_name: '\ufffd é € 😀' });
  });
});

describe.each(FORMATS)('a file of %s', (format) => {
  it('may begin with a byte order mark', async () => {
    const plain = await read(format, withName[format]([0x61]));
    expect(await read(format, Uint8Array.of(0xef, 0xbb, 0xbf, ...withName[format]([0x61])))).toEqual(plain);
    expect(plain.rows).toHaveLength(3);
  });

  it.each([
    ['UTF-16', [0xff, 0xfe], true, 2],
    ['UTF-16', [0xfe, 0xff], false, 2],
    ['UTF-16LE', [], true, 2],
    ['UTF-16BE', [], false, 2],
    ['UTF-32', [0xff, 0xfe, 0, 0], true, 4],
  ] as const)('is refused as a whole in %s (%j), with what to do', async (encoding, mark, isLittleEndian, width) => {
    const bytes = [...withName[format]([0x61])].flatMap((byte) => {
      const zeros = Array.from({ length: width - 1 }, () => 0);
      return isLittleEndian ? [byte, ...zeros] : [...zeros, byte];
    });
    const error = await read(format, Uint8Array.of(...mark, ...bytes)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CliError);
    expect((error as CliError).message).toMatch(
      new RegExp(
        `people.${format}: Expected UTF-8, but got ${encoding}: the file begins with the bytes [0-9A-F ]+. .* iconv -f ${encoding} -t UTF-8$`,
      ),
    );
  });

  it('may be empty, or have a mark and nothing else', async () => {
    for (const content of ['', '\ufeff']) {
      const { rows, unreadable } = await read(format, content);
      expect([rows.length, unreadable.length]).toEqual([0, format === 'json' ? 1 : 0]);
    }
  });
});

describe('a CSV file', () => {
  it('is refused if its header is not UTF-8, names another column, or one twice', async () => {
    const refused = async (content: string | Uint8Array) =>
      ((await read('csv', content).catch((thrown: unknown) => thrown)) as CliError).message.replace(folder, '');
    expect(await refused(Uint8Array.of(0x69, 0x64, 0x2c, 0xe9))).toMatch(
      /^\/people.csv:1: Expected UTF-8, but got the byte 0xE9 at byte 3 /,
    );
    expect(await refused('\n\nid,nom\n')).toBe(
      '/people.csv:3: Expected a header of columns of people (id, full_name, is_active), but got "nom".',
    );
    expect(await refused('id,id\n')).toBe('/people.csv:1: Expected each column once, but got "id" twice.');
    expect(await refused('full_name,id,fullName\n')).toBe(
      '/people.csv:1: Expected each column once, but got "fullName" twice.',
    );
    expect(await refused('"id\n')).toMatch(/^\/people.csv:1: Expected a quoted cell to end with a quote/);
  });

  it('has words for booleans, in any case, in columns of booleans alone', async () => {
    const words = [
      ['TRUE', 'True', 'true', 'T', 't', 'YES', 'yes', 'Y', 'y', 'ON', 'on', '1'],
      ['FALSE', 'False', 'false', 'F', 'f', 'NO', 'no', 'N', 'n', 'OFF', 'off', '0'],
    ] as const;
    const { rows } = await read(
      'csv',
      `id,isActive\n${words
        .flat()
        .map((word) => `${word},${word}`)
        .join('\n')}\n,\nx, yes\ny,oui`,
    );
    expect(rows).toEqual([
      ...words[0].map((id) => ({ id, isActive: true })),
      ...words[1].map((id) => ({ id, isActive: false })),
      { id: null, isActive: true },
      // What is no such word is the API's to refuse.
      { id: 'x', isActive: ' yes' },
      { id: 'y', isActive: 'oui' },
    ]);
  });
});
