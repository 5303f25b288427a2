import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { announce } from '../../app/announce.tsx';
import type { Call } from '../../calls/call.ts';
import { keepsDigits, writeExact } from '../../calls/exact-json.ts';
import { useCall } from '../../calls/use-call.ts';
import type { Table, TableColumn } from '../../operations/tables.ts';
import { useAction } from '../../parts/action.tsx';
import { CopyButton, CurlButton } from '../../parts/copy-button.tsx';
import { Failed, Loading } from '../../parts/panel.tsx';
import type { Caller } from './caller.ts';
import { ColumnEditor } from './column-editor.tsx';
import { type Draft, draftOf, readDraft } from './draft.ts';
import { createCall, deleteCall, type Row, rowCall, titleOf, updateCall } from './row-operations.ts';

interface Props {
  readonly table: Table;
  readonly caller: Caller;
  readonly columns: readonly TableColumn[];
  /** Null: a new one. */
  readonly row: Row | null;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** One row, whole. What is saved are the columns that were changed, if nobody else has changed the row meanwhile. */
export function RowEditor(props: Props) {
  const { table, caller, columns, row, onClose } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const names = columns.map(({ name }) => name);
  const state = useCall<{ readonly row: Row | null }>(row && rowCall(table, caller, names, row));
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const whole = row === null ? {} : state.data?.row;
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby={id} onClose={onClose}>
      <h2 id={id}>{row === null ? `New ${table.single}` : titleOf(table, row)}</h2>
      {state.failure && <Failed failure={state.failure} onRetry={state.reload} />}
      {row !== null && state.data?.row === null && <p>It is not there any more.</p>}
      {whole ? (
        <Form key={String(state.atMs)} {...props} whole={whole} call={state.call} />
      ) : (
        state.isLoading && <Loading />
      )}
      <div class="dialog-buttons">
        <button type="button" onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}

function Form({
  table,
  caller,
  columns,
  row,
  whole,
  call,
  onDone,
}: Props & { readonly whole: Row; readonly call: Call | null }) {
  const editable = columns.filter((column) => isEditable(table, column, row === null));
  const initial = draftOf(editable, whole, row === null);
  const [draft, setDraft] = useState<Draft>(initial);
  const [isDeleting, setDeleting] = useState(false);
  const { isBusy, failure, run } = useAction<{ readonly row: Row | null }>();
  const read = readDraft(editable, row === null ? null : initial, draft);
  const changed = Object.keys(read.data);
  const save: Call = row === null ? createCall(table, caller, read.data) : updateCall(table, caller, whole, read.data);
  const remove = deleteCall(table, caller, whole);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (read.problem !== null || changed.length === 0) return;
    void run(save, () => {
      announce(row === null ? `Created a row of ${table.list}.` : `Saved ${titleOf(table, whole)}.`);
      onDone();
    });
  };
  return (
    <form class="editor" onSubmit={submit}>
      {columns.map((column) => {
        const edited = draft[column.name];
        return (
          <ColumnEditor
            key={column.name}
            column={column}
            value={whole[column.name]}
            edited={edited ?? null}
            isNew={row === null}
            onEdit={(text) => setDraft({ ...draft, [column.name]: text })}
          />
        );
      })}
      {!keepsDigits && (
        <p class="failure-text">This browser loses digits of large numbers in JSON: edit such values elsewhere.</p>
      )}
      {read.problem && (
        <p class="failure-text" role="alert">
          {read.problem}
        </p>
      )}
      {failure && <Failed failure={failure} />}
      <div class="dialog-buttons">
        {row !== null && (
          <CopyButton text={() => writeExact(whole, 2)} label="Copy as JSON" told="Copied the row, whole." />
        )}
        <CurlButton call={call} of="This row" />
        {row !== null && !isDeleting && (
          <button type="button" onClick={() => setDeleting(true)}>
            Delete…
          </button>
        )}
        {isDeleting && (
          <>
            <CurlButton call={remove} of="Delete" />
            <button
              type="button"
              class="danger"
              disabled={isBusy}
              onClick={() =>
                run(remove, () => {
                  announce(`Deleted ${titleOf(table, whole)}.`);
                  onDone();
                })
              }
            >
              Delete {titleOf(table, whole)}
            </button>
          </>
        )}
        {changed.length > 0 && read.problem === null && <CurlButton call={save} of="Save" />}
        <button type="submit" class="primary" disabled={isBusy || changed.length === 0 || read.problem !== null}>
          {row === null ? 'Create' : changed.length === 0 ? 'Save' : `Save ${changed.join(', ')}`}
        </button>
      </div>
    </form>
  );
}

/** Keys stay as they are; a new row is given some. */
const isEditable = (table: Table, { name, isGenerated }: TableColumn, isNew: boolean): boolean =>
  !isGenerated && (isNew || (!table.primaryKey.columns.includes(name) && name !== table.shardKey));
