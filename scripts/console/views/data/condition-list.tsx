import type { Table, TableColumn } from '../../operations/tables.ts';
import { Choice, TextField } from '../../parts/field.tsx';
import { type Condition, needsValue, operatorsOf } from './conditions.ts';

interface Props {
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  readonly conditions: readonly Condition[];
  readonly onChange: (conditions: readonly Condition[]) => void;
}

export function ConditionList({ table, columns, conditions, onChange }: Props) {
  const columnOf = (name: string) => columns.find((each) => each.name === name) ?? columns[0]!;
  const set = (index: number, changed: Partial<Condition>) =>
    onChange(conditions.map((each, at) => (at === index ? { ...each, ...changed } : each)));
  const add = () => {
    const column = columns[0];
    if (column) onChange([...conditions, { column: column.name, operator: operatorsOf(column)[0]![0], text: '' }]);
  };
  return (
    <fieldset class="conditions">
      <legend>Filters of {table.list}; all have to hold</legend>
      {conditions.map(({ column, operator, text }, index) => (
        // Conditions have no name of their own: their place is all there is.
        <div class="fields condition" key={`${index}`}>
          <Choice
            label="Column"
            value={column}
            choices={columns.map(({ name }) => [name, name] as const)}
            onChoice={(name) => set(index, { column: name, operator: operatorsOf(columnOf(name))[0]![0] })}
          />
          <Choice
            label="Comparison"
            value={operator}
            choices={operatorsOf(columnOf(column))}
            onChoice={(chosen) => set(index, { operator: chosen })}
          />
          {needsValue(operator) && (
            <ValueField
              column={columnOf(column)}
              operator={operator}
              text={text}
              onText={(typed) => set(index, { text: typed })}
            />
          )}
          <button type="button" onClick={() => onChange(conditions.filter((_, at) => at !== index))}>
            Remove<span class="hidden"> filter {index + 1}</span>
          </button>
        </div>
      ))}
      <button type="button" onClick={add}>
        Add filter
      </button>
    </fieldset>
  );
}

interface ValueProps {
  readonly column: TableColumn;
  readonly operator: string;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function ValueField({ column, operator, text, onText }: ValueProps) {
  const values = column.scalar === 'Boolean' ? ['true', 'false'] : column.enumValues;
  if (values && operator !== 'in') {
    return (
      <Choice
        label="Value"
        value={text}
        choices={[['', 'choose'] as const, ...values.map((value) => [value, value] as const)]}
        onChoice={onText}
      />
    );
  }
  return <TextField label="Value" value={text} onText={onText} />;
}
