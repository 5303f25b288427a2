import { useState } from 'preact/hooks';

/** Which page of a list is shown, by cursor: there and back. */
export interface Pages {
  readonly after: string | null;
  /** Of the first page 1. */
  readonly number: number;
  readonly next: (cursor: string) => void;
  readonly previous: () => void;
  readonly first: () => void;
}

/** @param key another list begins at its first page. */
export function usePages(key: string): Pages {
  const [state, setState] = useState<{ readonly key: string; readonly cursors: readonly string[] }>({
    key,
    cursors: [],
  });
  const cursors = state.key === key ? state.cursors : [];
  const set = (changed: readonly string[]) => setState({ key, cursors: changed });
  return {
    after: cursors.at(-1) ?? null,
    number: cursors.length + 1,
    next: (cursor) => set([...cursors, cursor]),
    previous: () => set(cursors.slice(0, -1)),
    first: () => set([]),
  };
}
