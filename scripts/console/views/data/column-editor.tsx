import { useId } from 'preact/hooks';
import type { TableColumn } from '../../operations/tables.ts';
import { textOf } from '../../parts/value.tsx';
import type { DraftValue } from './draft.ts';
import { toEditedText } from './edited-value.ts';

interface Props {
  readonly column: TableColumn;
  readonly value: unknown;
  /** Null: it cannot be edited. */
  readonly edited: DraftValue | null;
  readonly isNew: boolean;
  readonly onEdit: (value: DraftValue) => void;
}

const ROWS_OF_JSON = 12;

export function ColumnEditor({ column, value, edited, isNew, onEdit }: Props) {
  const id = useId();
  const { name, scalar } = column;
  if (edited === null) {
    if (isNew) return null;
    const { text, isEscaped } = toEditedText(column, value);
    return (
      <div class="field">
        <span class="label">
          {name} <span class="sort-of">{scalar}</span>
        </span>
        <bdi class={isEscaped ? 'value json' : 'value'}>{value === null ? 'null' : text || textOf(value)}</bdi>
      </div>
    );
  }
  const isText = typeof edited === 'object';
  return (
    <div class="field">
      <label for={id}>
        {name} <span class="sort-of">{scalar}</span>
      </label>
      {isText && <Control id={id} column={column} edited={edited} onEdit={onEdit} />}
      {isText && edited.isEscaped && (
        <span class="hint" id={`${id}-about`}>
          With characters that a text field would lose or hide, so it is shown as a JSON string: \u0000 is NUL.
        </span>
      )}
      <div class="row-buttons">
        {column.isNullable && (
          <Toggle label={`${name} has no value`} isOn={edited === 'null'} column={column} on="null" onEdit={onEdit} />
        )}
        {isNew && column.hasDefault && (
          <Toggle
            label={`${name} has its default`}
            isOn={edited === 'left'}
            column={column}
            on="left"
            onEdit={onEdit}
          />
        )}
      </div>
    </div>
  );
}

interface ControlProps {
  readonly id: string;
  readonly column: TableColumn;
  readonly edited: Exclude<DraftValue, 'null' | 'left'>;
  readonly onEdit: (value: DraftValue) => void;
}

function Control({ id, column, edited, onEdit }: ControlProps) {
  const values = column.scalar === 'Boolean' ? ['true', 'false'] : column.enumValues;
  const edit = (text: string) => onEdit({ text, isEscaped: edited.isEscaped });
  if (values && !edited.isEscaped) {
    return (
      <select id={id} value={edited.text} onChange={({ currentTarget }) => edit(currentTarget.value)}>
        {!values.includes(edited.text) && <option value={edited.text}>{edited.text || 'choose'}</option>}
        {values.map((value) => (
          <option key={value} value={value}>
            {value}
          </option>
        ))}
      </select>
    );
  }
  const rows = column.scalar === 'JSON' ? ROWS_OF_JSON : Math.min(6, edited.text.split('\n').length);
  return (
    <textarea
      id={id}
      dir="auto"
      rows={rows}
      spellcheck={false}
      aria-describedby={edited.isEscaped ? `${id}-about` : undefined}
      value={edited.text}
      onInput={({ currentTarget }) => edit(currentTarget.value)}
    />
  );
}

interface ToggleProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly column: TableColumn;
  readonly on: 'null' | 'left';
  readonly onEdit: (value: DraftValue) => void;
}

function Toggle({ label, isOn, column, on, onEdit }: ToggleProps) {
  const first = column.enumValues?.[0] ?? (column.scalar === 'Boolean' ? 'false' : '');
  return (
    <label class="sort-of">
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget: { checked } }) => onEdit(checked ? on : { text: first, isEscaped: false })}
      />{' '}
      {label}
    </label>
  );
}
