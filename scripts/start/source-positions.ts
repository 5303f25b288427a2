import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import { basename, dirname, relative, resolve } from 'node:path';
import { getOrInsert } from '../../src/lib/get-or-insert.ts';

/** A line of a stack in a bundle, as V8 and workerd write them. */
const FRAME = /\n[ \t]+at [^\n]*?\(?(?:file:\/\/\/)?[^\s()]*?\b([\w-]+\.js):(\d+):(\d+)\)?[^\n]*/g;

const INSTALLED = /(^|\/)node_modules\//;

/** Tells where the lines of bundles come from. A map is read when it is first needed. */
export class SourcePositions {
  readonly #pathByName: ReadonlyMap<string, string>;
  readonly #mapByPath = new Map<string, SourceMap>();

  /** @param bundlePaths bundles with names of their own, each with its map beside it. */
  constructor(bundlePaths: readonly string[]) {
    this.#pathByName = new Map(bundlePaths.map((path) => [basename(path), path]));
  }

  /** The text with its stacks in terms of the sources, relative to the working folder; installed packages are left out. */
  translate(text: string): string {
    return text.replace(FRAME, (frame, name, line, column) => {
      const path = this.#pathByName.get(name);
      const source = path === undefined ? null : this.#sourceOf(path, Number(line), Number(column));
      if (source === null) return frame;
      return INSTALLED.test(source) ? '' : `\n    at ${source}`;
    });
  }

  #sourceOf(bundlePath: string, line: number, column: number): string | null {
    const map = getOrInsert(
      this.#mapByPath,
      bundlePath,
      () => new SourceMap(JSON.parse(readFileSync(`${bundlePath}.map`, 'utf8'))),
    );
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return null;
    const path = relative(process.cwd(), resolve(dirname(bundlePath), entry.originalSource));
    return `${path}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  }
}
