import { createReadStream, existsSync, renameSync, rmSync, truncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ndjsonChunks } from './ndjson-chunks.ts';

/** A row that failed. */
export interface Reject {
  readonly file: string;
  readonly line: number;
  readonly code: string;
  readonly message: string;
  /** The row as JSON text, or as the text that is no JSON. */
  readonly row: string;
}

/** `row` comes last and nothing before it is nested, so its text can be cut out without parsing (and rounding) it. */
const ROW_MEMBER = ',"row":';

/** NDJSON of the rows that failed: `{ file, line, code, message, row }`. Made when the first one fails. */
export class RejectFile {
  readonly path: string;
  #handle: FileHandle | null = null;
  #bytes: number;

  /** Keeps the first `keptBytes` of a file that is there. */
  constructor(path: string, keptBytes: number) {
    this.path = path;
    this.#bytes = keptBytes;
    if (keptBytes > 0 && existsSync(path)) truncateSync(path, keptBytes);
    else this.#bytes = 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async append(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    this.#handle ??= await open(this.path, this.#bytes === 0 ? 'w' : 'a');
    const text = rejects.map(toLine).join('');
    await this.#handle.appendFile(text);
    this.#bytes += Buffer.byteLength(text);
  }

  async *read(): AsyncGenerator<Reject> {
    if (this.#bytes === 0) return;
    for await (const { body } of ndjsonChunks(createReadStream(this.path))) {
      for (const line of body.toString().trimEnd().split('\n')) yield parseLine(line);
    }
  }

  /** Replaces all rows by those of another file, which is gone afterwards. */
  async replaceBy(other: RejectFile): Promise<void> {
    await this.close();
    await other.close();
    if (other.#bytes > 0) renameSync(other.path, this.path);
    else if (this.#bytes > 0) rmSync(this.path);
    this.#bytes = other.#bytes;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = null;
  }
}

function toLine({ row, ...rest }: Reject): string {
  return `${JSON.stringify(rest).slice(0, -1)}${ROW_MEMBER}${isJson(row) ? row : JSON.stringify(row)}}\n`;
}

function parseLine(line: string): Reject {
  const at = line.indexOf(ROW_MEMBER);
  return { ...JSON.parse(`${line.slice(0, at)}}`), row: line.slice(at + ROW_MEMBER.length, -1) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return !text.includes('\n');
  } catch {
    return false;
  }
}
