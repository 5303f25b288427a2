/** GraphiQL in the browser. Bundled by `build-graphiql.ts`; everything it loads comes from this server. */
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import type { GraphQLSchema } from 'graphql';
import { type ComponentProps, useEffect, useMemo, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { Callers, type ClaimsByRole, type Example } from './callers.ts';
import { fetchSchema, keepToken, readToken } from './credential.ts';
import { exampleVariables } from './example-variables.ts';
import { firstTabs } from './first-tabs.ts';
import { guidePlugin } from './guide.tsx';
import { type HandedOver, takeHandedOver } from './handed-over.ts';
import { LastAnswers } from './last-answer.ts';
import { lastResponsePlugin, ResponseSummary } from './last-response.tsx';
import { withMappedStacks } from './mapped-stacks.ts';
import { RoleSwitch } from './role-switch.tsx';
import { INTROSPECTION, servedSchema, takeIntrospected } from './served-schema.ts';
import { TokenField } from './token-field.tsx';
import 'graphiql/style.css';
import './panel.css';

type Fetcher = ComponentProps<typeof GraphiQL>['fetcher'];

const ASSETS = '/_shardql/graphiql/';

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(`${ASSETS}${label === 'json' || label === 'graphql' ? label : 'editor'}.worker.js`),
  },
});

const answers = new LastAnswers();

/**
 * GraphQL over HTTP; answers with a failure status hold GraphQL errors too.
 *
 * @param as the caller to ask as, as `x-shardql-as` has it; null: the developer.
 * @param token empty: none.
 */
const fetcherAs =
  (as: string | null, token = ''): Fetcher =>
  async (params, options) => {
    const isOwn = params.operationName === INTROSPECTION;
    const known = isOwn && as === null ? takeIntrospected() : null;
    if (known !== null) return known as never;
    const isTraced = !isOwn && answers.isTracing();
    const sentAtMs = performance.now();
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: {
        ...(as !== null && { 'x-shardql-as': as }),
        ...(token !== '' && { authorization: `Bearer ${token}` }),
        ...(isTraced && { 'x-shardql-trace': '1' }),
        ...options?.headers,
        accept: 'application/graphql-response+json',
        'content-type': 'application/json',
      },
      body: JSON.stringify(params),
    });
    const answer = await withMappedStacks(await response.json());
    const wasTraced = isTraced || options?.headers?.['x-shardql-trace'] === '1';
    if (!isOwn) answers.answered(answer, response.headers, performance.now() - sentAtMs, wasTraced);
    return answer;
  };

/** Those of the demo, where its rows are loaded. A deployment has none. */
async function fetchExamples(): Promise<readonly Example[]> {
  const response = await fetch(`${ASSETS}examples.json`);
  return response.ok ? await response.json() : [];
}

/** Null where nobody can ask as another: only in development can they. */
async function fetchRoles(): Promise<ClaimsByRole | null> {
  const response = await fetch('/_shardql/roles.json');
  return response.ok ? await response.json() : null;
}

const [examples, roles] = await Promise.all([fetchExamples(), fetchRoles()]);
const tabs = await firstTabs(examples);
const callers = new Callers(examples);
const place = document.getElementById('caller')!;
const plugins = [lastResponsePlugin(answers), guidePlugin(), HISTORY_PLUGIN];

// At a first visit it gets a tab of its own, before those of the model; at others, GraphiQL adds one.
const handedOver = await withVariables(takeHandedOver());

/** Operations that were counted come without the values of their variables. */
async function withVariables(handed: HandedOver | null): Promise<HandedOver | null> {
  if (handed === null || handed.variables !== '') return handed;
  return { ...handed, variables: exampleVariables(handed.query, await servedSchema()) };
}

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
      plugins={plugins}
      {...(schema && { schema })}
      {...(tabs.length > 0 && { defaultTabs: [...(handedOver ? [handedOver] : []), ...tabs] })}
      {...(handedOver && { initialQuery: handedOver.query, initialVariables: handedOver.variables })}
      isHeadersEditorEnabled
    >
      <GraphiQL.Footer>
        <ResponseSummary answers={answers} />
      </GraphiQL.Footer>
      {roles ? (
        <RoleSwitch claimsByRole={roles} callers={callers} place={place} onChange={setAs} />
      ) : (
        <TokenField token={token} place={place} onChange={setToken} />
      )}
    </GraphiQL>
  );
}

createRoot(document.getElementById('graphiql')!).render(<Page />);
