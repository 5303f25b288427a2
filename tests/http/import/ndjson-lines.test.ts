import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Line } from '../../../src/http/import/ndjson-lines.ts';
import { ndjsonLines } from '../../../src/http/import/ndjson-lines.ts';

const MAX_LINE_BYTES = 40;

/** The body in pieces of the given sizes, over and over. */
async function* piecesOf(bytes: Uint8Array<ArrayBuffer>, sizes: readonly number[]) {
  for (let at = 0, turn = 0; at < bytes.byteLength; at += sizes[turn++ % sizes.length]!) {
    yield bytes.slice(at, at + sizes[turn % sizes.length]!);
  }
}

async function linesOf(bytes: Uint8Array<ArrayBuffer>, sizes: readonly number[] = [7]): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of ndjsonLines(piecesOf(bytes, sizes), MAX_LINE_BYTES)) lines.push(line);
  return lines;
}

const encode = (text: string) => new TextEncoder().encode(text) as Uint8Array<ArrayBuffer>;

describe('lines of an NDJSON body', () => {
  it('are the same however the body is cut into pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary', maxLength: 8 }).map((text) => text.replaceAll('\n', ''))),
        fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }),
        async (texts, sizes) => {
          const text = texts.join('\n');
          const expected = text
            .split('\n')
            .map((line, index) => ({ number: index + 1, text: new TextDecoder().decode(encode(line)) }))
            .filter((line) => line.text.trim() !== '');
          const lines = await linesOf(encode(text), sizes);
          expect(lines.map(({ number, text: line }) => ({ number, text: line }))).toEqual(expected);
        },
      ),
    );
  });

  it('count blank lines, end with a line end or without, and may be none', async () => {
    expect((await linesOf(encode('a\n\n \r\nb\n'))).map(({ number, text }) => [number, text])).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
    expect(await linesOf(encode(''))).toEqual([]);
  });

  it('that are too long fail alone, whether they end or not', async () => {
    const long = 'x'.repeat(MAX_LINE_BYTES + 1);
    const fits = 'x'.repeat(MAX_LINE_BYTES);
    expect((await linesOf(encode(`${long}\n${fits}\n${long}`))).map(({ text }) => text)).toEqual([null, fits, null]);
  });

  it('that are not UTF-8 fail alone', async () => {
    const bytes = Uint8Array.of(0x61, 0xff, 0x0a, 0x62, 0x0a, 0xc3, 0x0a, 0xc3, 0xa4);
    expect((await linesOf(bytes, [1])).map(({ text }) => text)).toEqual([null, 'b', null, 'ä']);
  });
});
