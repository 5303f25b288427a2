import type { TableColumn } from '../../operations/tables.ts';

interface Props {
  readonly columns: readonly TableColumn[];
  /** Those that are left out. */
  readonly left: readonly string[];
  readonly onChange: (left: readonly string[]) => void;
}

export function ColumnChoice({ columns, left, onChange }: Props) {
  return (
    <details class="columns">
      <summary>
        Columns ({columns.filter(({ name }) => !left.includes(name)).length} of {columns.length})
      </summary>
      <fieldset>
        <legend class="hidden">Columns that are shown</legend>
        {columns.map(({ name, scalar }) => (
          <label key={name}>
            <input
              type="checkbox"
              checked={!left.includes(name)}
              onChange={({ currentTarget: { checked } }) =>
                onChange(checked ? left.filter((each) => each !== name) : [...left, name])
              }
            />{' '}
            {name} <span class="hint">{scalar}</span>
          </label>
        ))}
      </fieldset>
    </details>
  );
}
