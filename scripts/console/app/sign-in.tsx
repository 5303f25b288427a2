import { useState } from 'preact/hooks';
import { credential, refusal, signIn } from '../calls/credential.ts';

/** Asks for a token where the API wants one. */
export function SignIn() {
  const [token, setToken] = useState('');
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (token.trim() !== '') signIn(token.trim());
  };
  return (
    <main class="sign-in" id="main">
      <form onSubmit={submit}>
        <h1>ShardQL console</h1>
        <p>For operators. Give the operators’ token (SHARDQL_OPERATOR_TOKEN), or an API key with the role operator.</p>
        <label for="token">Token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          required
          value={token}
          aria-describedby="token-about token-refused"
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <p id="token-about" class="hint">
          It stays in this tab, until you close it or sign out, and is sent to this origin alone.
        </p>
        <p id="token-refused" role="alert" class="failure-text">
          {credential.value === null ? '' : refusal.value}
        </p>
        <button type="submit" class="primary">
          Sign in
        </button>
      </form>
    </main>
  );
}
