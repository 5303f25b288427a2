/** GraphiQL in the browser. Bundled by `build-graphiql.ts`; everything it loads comes from this server. */
import { GraphiQL } from 'graphiql';
import type { ComponentProps } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';

type Props = ComponentProps<typeof GraphiQL>;
type Tabs = NonNullable<Props['defaultTabs']>;

const ASSETS = '/graphiql/';

Object.assign(globalThis, {
  MonacoEnvironment: {
    getWorker: (_id: string, label: string) =>
      new Worker(`${ASSETS}${label === 'json' || label === 'graphql' ? label : 'editor'}.worker.js`),
  },
});

/** GraphQL over HTTP; answers with a failure status hold GraphQL errors too. */
const fetcher: Props['fetcher'] = async (params, options) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...options?.headers,
      accept: 'application/graphql-response+json',
      'content-type': 'application/json',
    },
    body: JSON.stringify(params),
  });
  return response.json();
};

/** False for what a changed model has no fields for. The document is validated whole, and of it nothing is executed but this. */
const isValid = async ({ query }: Tabs[number]): Promise<boolean> => {
  const { errors } = await fetcher({ query: `${query}\nquery IsValid { __typename }`, operationName: 'IsValid' });
  return errors === undefined;
};

const allExamples: Tabs = await (await fetch(`${ASSETS}examples.json`)).json();
const areValid = await Promise.all(allExamples.map(isValid));
const examples = allExamples.filter((_, at) => areValid[at]);

createRoot(document.getElementById('graphiql')!).render(
  <GraphiQL fetcher={fetcher} defaultTabs={examples.length > 0 ? examples : undefined} isHeadersEditorEnabled />,
);
