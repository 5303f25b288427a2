import { useState } from 'preact/hooks';
import { Choice, TextField } from '../../parts/field.tsx';
import { parseClaims } from '../../parts/parse-claims.ts';
import { asRole, type Caller, OPERATOR } from './caller.ts';
import { useRoles } from './use-roles.ts';

/** Who sees everything: who has signed in. */
const SELF = '';
const KEY = ' key';

/** Chooses under whose rules rows are read and written. */
export function CallerChoice({ onChange }: { readonly onChange: (caller: Caller) => void }) {
  const roles = useRoles();
  const [role, setRole] = useState(SELF);
  const [text, setText] = useState('');
  const claims = parseClaims(text);
  const isRole = role !== SELF && role !== KEY;
  const apply = (chosen: string, given: string) => {
    const parsed = parseClaims(given);
    if (chosen === SELF) onChange(OPERATOR);
    else if (chosen === KEY) onChange(given.trim() === '' ? OPERATOR : { credential: given.trim() });
    else if (parsed.problem === null) onChange(asRole(chosen, parsed.claims));
  };
  const choices = [
    [SELF, 'you (everything)'] as const,
    ...(roles === null
      ? [[KEY, 'an API key or token'] as const]
      : [...new Set([...Object.keys(roles), 'anonymous'])].map((name) => [name, name] as const)),
  ];
  const used = roles?.[role] ?? [];
  return (
    <>
      <Choice
        label="Under the rules of"
        value={role}
        choices={choices}
        onChoice={(chosen) => {
          setRole(chosen);
          setText('');
          apply(chosen, '');
        }}
      />
      {isRole && (
        <TextField
          label="Claims"
          value={text}
          placeholder={used.length > 0 ? JSON.stringify(Object.fromEntries(used.map((name) => [name, '…']))) : 'none'}
          isWrong={claims.problem !== null}
          about={claims.problem ?? undefined}
          onText={setText}
          onCommit={() => apply(role, text)}
        />
      )}
      {role === KEY && (
        <TextField
          label="API key or token"
          type="password"
          value={text}
          about="Stays in this view, until you leave it."
          onText={setText}
          onCommit={() => apply(role, text)}
        />
      )}
    </>
  );
}
