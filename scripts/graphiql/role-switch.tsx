import { useGraphiQL } from '@graphiql/react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { createPortal } from 'react-dom';
import {
  type Callers,
  type ClaimsByRole,
  DEVELOPER,
  headerOf,
  hintsOf,
  placeholderOf,
  problemOf,
  rolesToAskAs,
} from './callers.ts';

interface Props {
  readonly claimsByRole: ClaimsByRole;
  readonly callers: Callers;
  /** Where it stands: outside of GraphiQL, whose tabs it has to know. */
  readonly place: HTMLElement;
  /** Called with the `x-shardql-as` of the tab that is open; null: none. */
  readonly onChange: (header: string | null) => void;
}

/** Chooses as whom the open tab asks. */
export function RoleSwitch({ claimsByRole, callers, place, onChange }: Props) {
  const { tabs, activeTabIndex } = useGraphiQL((state) => ({ tabs: state.tabs, activeTabIndex: state.activeTabIndex }));
  const tab = tabs[activeTabIndex]!;
  const before = useRef(DEVELOPER);
  // What is chosen lives in `callers`; this makes a choice visible.
  const [, show] = useState(0);
  const role = callers.roleOf(tab, before.current);
  const claims = callers.claimsOf(role);
  const header = headerOf(role, claims);
  const roles = rolesToAskAs(claimsByRole);
  const hints = Object.hasOwn(claimsByRole, role) ? hintsOf(role, claims, claimsByRole[role]) : [];
  const id = useId();

  useEffect(() => {
    before.current = role;
    callers.setRole(
      tab.id,
      role,
      tabs.map((each) => each.id),
    );
  }, [callers, tab.id, role, tabs]);
  useEffect(() => onChange(header), [onChange, header]);

  const choose = (chosen: string) => {
    callers.setRole(
      tab.id,
      chosen,
      tabs.map((each) => each.id),
    );
    show((count) => count + 1);
  };
  return createPortal(
    <>
      <label htmlFor={`${id}role`}>Ask as</label>
      <select id={`${id}role`} value={role} onChange={({ target }) => choose(target.value)}>
        {(roles.includes(role) ? roles : [...roles, role]).map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
      {role === DEVELOPER ? (
        <span>who sees and does everything</span>
      ) : (
        <ClaimsField
          key={`${role} ${claims}`}
          claims={claims}
          placeholder={placeholderOf(claimsByRole[role])}
          onChange={(changed) => {
            callers.setClaims(role, changed);
            show((count) => count + 1);
          }}
        />
      )}
      <span role="status">{hints.join(' ')}</span>
    </>,
    place,
  );
}

interface ClaimsProps {
  readonly claims: string;
  readonly placeholder: string;
  readonly onChange: (claims: string) => void;
}

/** Claims take effect when the field is left or Enter is pressed: with each, the schema is fetched again. */
function ClaimsField({ claims, placeholder, onChange }: ClaimsProps) {
  const [text, setText] = useState(claims);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();
  const apply = () => {
    const found = problemOf(text);
    setProblem(found);
    if (found === null && text !== claims) onChange(text);
  };
  const onKeyDown = ({ key }: KeyboardEvent) => {
    if (key === 'Enter') apply();
  };
  return (
    <>
      <label htmlFor={id}>with claims</label>
      <input
        id={id}
        value={text}
        placeholder={placeholder}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={problem !== null}
        aria-describedby={`${id}problem`}
        onChange={({ target }) => setText(target.value)}
        onBlur={apply}
        onKeyDown={onKeyDown}
      />
      <span id={`${id}problem`} role="alert">
        {problem}
      </span>
    </>
  );
}
