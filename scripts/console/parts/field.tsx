import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly type?: 'text' | 'password' | 'date' | 'datetime-local' | 'search' | 'number';
  readonly placeholder?: string;
  readonly required?: boolean;
  /** Of a time: the finest part that can be given, in seconds. */
  readonly step?: number;
  readonly isWrong?: boolean;
  /** A key that leads there; see `Shortcuts`. */
  readonly shortcut?: string;
  readonly about?: ComponentChildren;
  readonly onText: (text: string) => void;
  /** The field was left, or Enter pressed. */
  readonly onCommit?: () => void;
}

/** A text field with its label. */
export function TextField({
  label,
  about,
  onText,
  onCommit,
  isWrong = false,
  shortcut,
  type = 'text',
  ...input
}: Props) {
  const id = useId();
  // Types of preact have each kind of input apart, and a variable may be any of them.
  const kind = { type } as { readonly type: 'text' };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        autocomplete="off"
        spellcheck={false}
        id={id}
        {...kind}
        {...input}
        aria-invalid={isWrong}
        data-shortcut={shortcut}
        aria-describedby={about ? `${id}-about` : undefined}
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        onBlur={onCommit}
        onKeyDown={({ key }) => key === 'Enter' && onCommit?.()}
      />
      {about && (
        <span id={`${id}-about`} class="hint">
          {about}
        </span>
      )}
    </div>
  );
}

interface ChoiceProps<Choice extends string> {
  readonly label: string;
  readonly value: Choice;
  readonly choices: readonly (readonly [value: Choice, title: string])[];
  readonly onChoice: (choice: Choice) => void;
}

export function Choice<Value extends string>({ label, value, choices, onChoice }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChoice(currentTarget.value as Value)}>
        {choices.map(([each, title]) => (
          <option key={each} value={each}>
            {title}
          </option>
        ))}
      </select>
    </div>
  );
}
