import { useRef, useState } from 'preact/hooks';
import { announce } from '../../app/announce.tsx';
import { CallFailure } from '../../calls/call.ts';
import { writeExact } from '../../calls/exact-json.ts';
import { send } from '../../calls/send.ts';
import { counted } from '../../parts/format.ts';
import { Failed } from '../../parts/panel.tsx';
import { type Listing, type PageAnswer, pageCall } from './row-operations.ts';

/** Answers have a size that they do not exceed: pages of large rows are made smaller, until they fit. */
const MAX_PAGE = 100;

/** Saves all rows of a list, with all their columns and all their digits: a line of JSON for each. */
export function ExportRows({ listing }: { readonly listing: Listing }) {
  const [rows, setRows] = useState<number | null>(null);
  const [failure, setFailure] = useState<CallFailure | null>(null);
  const abort = useRef<AbortController | null>(null);
  const start = async () => {
    const controller = new AbortController();
    abort.current = controller;
    setFailure(null);
    setRows(0);
    try {
      const lines = await readAll(listing, controller.signal, setRows);
      saveAs(`${listing.table.list}.ndjson`, lines);
      announce(`Saved ${counted(lines.length, 'row')} of ${listing.table.list}.`);
    } catch (error) {
      if (controller.signal.aborted) announce('The export was cancelled.');
      else setFailure(error instanceof CallFailure ? error : new CallFailure('INTERNAL', String(error)));
    }
    setRows(null);
  };
  return (
    <span class="action">
      {rows === null ? (
        <button type="button" onClick={start}>
          Export
        </button>
      ) : (
        <>
          <span role="status">{counted(rows, 'row')} so far</span>
          <button type="button" onClick={() => abort.current?.abort()}>
            Cancel export
          </button>
        </>
      )}
      {failure && <Failed failure={failure} />}
    </span>
  );
}

async function readAll(listing: Listing, signal: AbortSignal, onRows: (count: number) => void): Promise<string[]> {
  const lines: string[] = [];
  let after: string | null = null;
  let first = MAX_PAGE;
  for (;;) {
    const page: PageAnswer | null = await readPage({ ...listing, first, after }, signal);
    if (page === null) {
      first = Math.max(1, Math.floor(first / 4));
      continue;
    }
    for (const row of page.rows.nodes) lines.push(`${writeExact(row)}\n`);
    onRows(lines.length);
    const { hasNextPage, endCursor } = page.rows.pageInfo;
    if (!hasNextPage || endCursor === null) return lines;
    after = endCursor;
  }
}

/** Null: the page is too large, and can be smaller. */
async function readPage(listing: Listing, signal: AbortSignal): Promise<PageAnswer | null> {
  try {
    return (await send<PageAnswer>(pageCall(listing), signal)).data;
  } catch (error) {
    const isTooLarge = error instanceof CallFailure && /TOO_LARGE|LIMIT_EXCEEDED/.test(error.code);
    if (isTooLarge && listing.first > 1) return null;
    throw error;
  }
}

function saveAs(name: string, parts: readonly string[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/x-ndjson' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
