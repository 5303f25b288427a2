/** GraphiQL in the browser. Bundled by `build-graphiql.ts`; everything it loads comes from this server. */
import { GraphiQL } from 'graphiql';
import type { GraphQLSchema } from 'graphql';
import { type ComponentProps, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Callers, type ClaimsByRole, type Example } from './callers.ts';
import { fetchSchema, keepToken, readToken } from './credential.ts';
import { takeHandedOver } from './handed-over.ts';
import { RoleSwitch } from './role-switch.tsx';
import { TokenField } from './token-field.tsx';
import 'graphiql/style.css';

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];

const ASSETS = '/_shardql/graphiql/';

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(`${ASSETS}${label === 'json' || label === 'graphql' ? label : 'editor'}.worker.js`),
  },
});

/**
 * GraphQL over HTTP; answers with a failure status hold GraphQL errors too.
 *
 * @param as the caller to ask as, as `x-shardql-as` has it; null: the developer.
 * @param token empty: none.
 */
const fetcherAs =
  (as: string | null, token = ''): Fetcher =>
  async (params, options) => {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        ...(as !== null && { 'x-shardql-as': as }),
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...options?.headers,
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(params),
    });
    return response.json();
  };

/** False for what a changed model has no fields for. The document is validated whole, and of it nothing is executed but this. */
const isValid = async ({ query, as }: Example): Promise<boolean> => {
  const asked = { query: `${query}\nquery IsValid { __typename }`, operationName: 'IsValid' };
  const { errors } = (await fetcherAs(as ?? null)(asked)) as { readonly errors?: unknown };
  return errors === undefined;
};

async function validExamples(): Promise<Example[]> {
  const response = await fetch(`${ASSETS}examples.json`);
  // A deployment has none.
  const examples: Example[] = response.ok ? await response.json() : [];
  const areValid = await Promise.all(examples.map(isValid));
  return examples.filter((_, at) => areValid[at]);
}

/** Null where nobody can ask as another: only in development can they. */
async function fetchRoles(): Promise<ClaimsByRole | null> {
  const response = await fetch('/_shardql/roles.json');
  return response.ok ? await response.json() : null;
}

const [examples, roles] = await Promise.all([validExamples(), fetchRoles()]);
const callers = new Callers(examples);
const place = document.getElementById('caller')!;

const handedOver = takeHandedOver();

function Page() {
  const [as, setAs] = useState<string | null>(null);
  const [token, setToken] = useState(readToken);
  const [schema, setSchema] = useState<GraphQLSchema | null>(null);
  // With another one, GraphiQL fetches the schema again.
  const fetcher = useMemo(() => fetcherAs(as, token), [as, token]);
  useEffect(() => {
    keepToken(token);
    void fetchSchema(token).then(setSchema);
  }, [token]);
  return (
    <GraphiQL
      fetcher={fetcher}
      {...(schema && { schema })}
      {...(examples.length > 0 && { defaultTabs: [...examples] })}
      {...(handedOver && { initialQuery: handedOver.query, initialVariables: handedOver.variables })}
      isHeadersEditorEnabled
    >
      {roles ? (
        <RoleSwitch claimsByRole={roles} callers={callers} place={place} onChange={setAs} />
      ) : (
        <TokenField token={token} place={place} onChange={setToken} />
      )}
    </GraphiQL>
  );
}

createRoot(document.getElementById('graphiql')!).render(<Page />);
