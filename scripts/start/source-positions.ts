import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { dirname, relative, resolve } from 'node:path';

/** A line of a stack in a bundle, as V8 and workerd write them. */
const FRAME = /\n[ \t]+at [^\n]*?\(?(?:file:\/\/\/)?[^\s()]*?\bworker\.js:(\d+):(\d+)\)?[^\n]*/g;

const INSTALLED = /(^|\/)node_modules\//;

/** Tells where the lines of a bundle come from. Its map is read when it is first needed. */
export class SourcePositions {
  readonly #bundlePath: string;
  #map: SourceMap | undefined;

  /** @param bundlePath a bundle named `worker.js`, with its map beside it. */
  constructor(bundlePath: string) {
    this.#bundlePath = bundlePath;
  }

  /** The text with its stacks in terms of the sources, relative to the working folder; installed packages are left out. */
  translate(text: string): string {
    return text.replace(FRAME, (frame, line, column) => {
      const source = this.#sourceOf(Number(line), Number(column));
      if (source === null) return frame;
      return INSTALLED.test(source) ? '' : `\n    at ${source}`;
    });
  }

  #sourceOf(line: number, column: number): string | null {
    this.#map ??= new SourceMap(JSON.parse(readFileSync(`${this.#bundlePath}.map`, 'utf8')));
    const entry = this.#map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return null;
    const path = relative(process.cwd(), resolve(dirname(this.#bundlePath), entry.originalSource));
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
}
