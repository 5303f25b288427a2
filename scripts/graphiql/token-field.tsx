import { type FormEvent, useId, useState } from 'react';
import { createPortal } from 'react-dom';

interface Props {
  readonly token: string;
  readonly place: HTMLElement;
  readonly onChange: (token: string) => void;
}

/** As whom a deployment is asked: by a token, or as anybody. */
export function TokenField({ token, place, onChange }: Props) {
  const [text, setText] = useState(token);
  const id = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(text.trim());
  };
  return createPortal(
    <form onSubmit={submit}>
      <label htmlFor={id}>Token</label>
      <input
        id={id}
        type="password"
        value={text}
        placeholder="none: ask as anybody"
        autoComplete="off"
        spellCheck={false}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit">Use</button>
      <span role="status">{token === '' ? 'asks without a token' : 'stays in this tab, until you close it'}</span>
    </form>,
    place,
  );
}
