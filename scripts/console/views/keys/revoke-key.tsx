import { operatorCall } from '../../calls/call.ts';
import { REVOKE_API_KEY, type RevokeAnswer } from '../../operations/api-keys.ts';
import { ConfirmedAction } from '../../parts/action.tsx';
import { formatTime } from '../../parts/format.ts';

export function RevokeKey({ name, onDone }: { readonly name: string; readonly onDone: () => void }) {
  return (
    <ConfirmedAction<RevokeAnswer>
      label="Revoke…"
      title={`Revoke ${name}`}
      call={operatorCall(REVOKE_API_KEY, { name })}
      preview={({ revokeApiKey: { preview } }) => (
        <p>
          The key <b>{name}</b> of the role <b>{preview?.role}</b>, created {formatTime(preview?.createdAt)}, is refused
          from now on. This cannot be taken back.
        </p>
      )}
      tokenOf={({ revokeApiKey }) => revokeApiKey.confirmation?.token}
      verb="Revoke"
      told={() => `Revoked the API key ${name}.`}
      onDone={onDone}
    />
  );
}
