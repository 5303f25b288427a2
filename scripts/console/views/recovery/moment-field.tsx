import { TextField } from '../../parts/field.tsx';

interface Props {
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** A time as the clock of whoever looks has it. */
export const MomentField = ({ value, onText }: Props) => (
  <TextField
    label="As of"
    type="datetime-local"
    value={value}
    about={`In your time zone. ${momentOf(value) ?? ''}`}
    step={1}
    onText={onText}
  />
);

/** In ISO 8601; null: none is given. */
export const momentOf = (text: string): string | null => {
  const time = new Date(text);
  return text === '' || Number.isNaN(time.getTime()) ? null : time.toISOString();
};
