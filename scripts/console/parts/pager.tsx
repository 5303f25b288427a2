import type { Pages } from './use-pages.ts';

interface Props {
  readonly pages: Pages;
  readonly of: string;
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
}

/** Leads from page to page: nobody counts how many there are. */
export function Pager({ pages, of, hasNextPage, endCursor }: Props) {
  if (pages.number === 1 && !hasNextPage) return null;
  return (
    <nav class="pager" aria-label={`Pages of ${of}`}>
      <button type="button" disabled={pages.number === 1} onClick={pages.first}>
        First
      </button>
      <button type="button" disabled={pages.number === 1} onClick={pages.previous}>
        Previous
      </button>
      <span>Page {pages.number}</span>
      <button
        type="button"
        disabled={!hasNextPage || endCursor === null}
        onClick={() => endCursor !== null && pages.next(endCursor)}
      >
        Next
      </button>
    </nav>
  );
}
