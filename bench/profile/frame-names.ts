import { readFileSync } from 'node:fs';
import { SourceMap } from 'node:module';
import type { CallFrame } from './cpu-profile.ts';

export interface FrameNames {
  /** A package, a folder of `src/`, or the runtime: `graphql`, `src/resolvers`, `(garbage collector)`. */
  readonly partOf: (frame: CallFrame) => string;
  /** Function with file and line: `executeFields graphql/execution/execute.mjs:210`. */
  readonly functionOf: (frame: CallFrame) => string;
}

interface Source {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

/** Names call frames of the bundle by the files they were bundled from. */
export function frameNames(bundlePath: string): FrameNames {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundlePath}.map`, 'utf8')));
  const sourceOf = ({ url, lineNumber, columnNumber, functionName }: CallFrame): Source | null => {
    if (!url.endsWith('.js')) return null;
    const entry = map.findEntry(lineNumber, columnNumber);
    if (!('originalSource' in entry)) return null;
    // The bundle's own names are shortened.
    const name = (entry as { readonly name?: string }).name || functionName || '(anonymous)';
    return { name, file: shortPath(entry.originalSource), line: entry.originalLine + 1 };
  };
  return {
    partOf(frame) {
      const source = sourceOf(frame);
      return source === null ? runtimeName(frame) : partOfFile(source.file);
    },
    functionOf(frame) {
      const source = sourceOf(frame);
      return source === null ? runtimeName(frame) : `${source.name} ${source.file}:${source.line}`;
    },
  };
}

/** From the innermost package, or from the project's root. */
function shortPath(path: string): string {
  const inPackage = path.lastIndexOf('node_modules/');
  if (inPackage >= 0) return path.slice(inPackage + 'node_modules/'.length);
  return path.slice(Math.max(0, path.lastIndexOf('/src/') + 1)).replace(/^(\.\.\/)+/, '');
}

function partOfFile(file: string): string {
  const parts = file.split('/');
  if (parts[0] === 'src') return parts.slice(0, parts[1] === 'shards' ? 3 : 2).join('/');
  return parts.slice(0, file.startsWith('@') ? 2 : 1).join('/');
}

/** `(program)` is C++: HTTP, SQLite, the serialisation of calls. Functions without an address are built in. */
function runtimeName({ functionName, url }: CallFrame): string {
  if (functionName === '(program)') return '(runtime, native)';
  return [functionName || '(runtime)', url].join(' ').trim();
}
