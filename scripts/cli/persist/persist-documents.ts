import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  Source,
  validate,
  visit,
} from 'graphql';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';

export interface PersistOptions extends ApiOptions {
  /** Of the manifest. */
  readonly out: string;
  /** SDL; that of the API if left out. */
  readonly schema?: string;
  readonly json: boolean;
}

/** An operation as manifests have it. */
interface PersistedOperation {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly body: string;
}

/** The form that Apollo's tools write and its clients read. */
const FORMAT = 'apollo-persisted-query-manifest';

/**
 * Writes the manifest of all operations in files and folders, and prints what is wrong with some. True if nothing is; else nothing
 * is written.
 */
export async function persistDocuments(paths: readonly string[], options: PersistOptions): Promise<boolean> {
  const schema = buildSchema(await readSchema(options));
  const files = paths.flatMap(documentFiles);
  if (files.length === 0) throw new CliError(`Expected files with documents at ${paths.join(', ')}, but got none.`);
  const collected = new Collected();
  for (const file of files) collected.addFile(file);
  const operations = collected.operations(schema);
  const { problems } = collected;
  if (problems.length === 0) {
    const sorted = operations.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    writeFileSync(options.out, `${JSON.stringify({ format: FORMAT, version: 1, operations: sorted }, null, 2)}\n`);
  }
  if (options.json) console.log(JSON.stringify({ operations: operations.length, problems }));
  else for (const problem of problems) console.error(problem);
  if (!options.json && problems.length === 0) console.log(`${operations.length} operations in ${options.out}`);
  return problems.length === 0;
}

async function readSchema({ schema, ...api }: PersistOptions): Promise<string> {
  if (schema !== undefined) return readFileSync(schema, 'utf8');
  return await (await new ApiClient(api).request('/schema')).text();
}

/** Files of a folder in the order of their names, so that equal folders give equal manifests. */
function documentFiles(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(graphql|gql)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** What files hold. Fragments are shared by all of them. */
class Collected {
  readonly problems: string[] = [];
  readonly #operations: OperationDefinitionNode[] = [];
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  readonly #ready: PersistedOperation[] = [];

  addFile(file: string): void {
    const text = readFileSync(file, 'utf8');
    if (file.endsWith('.json')) {
      for (const { id, body } of operationsOfManifest(file, text)) this.#addReady(file, id, body);
      return;
    }
    const document = this.#parsed(text, file);
    for (const definition of document?.definitions ?? []) {
      if (definition.kind === Kind.OPERATION_DEFINITION) this.#operations.push(definition);
      else if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#addFragment(definition);
      else this.#tell(definition, 'Expected operations and fragments, but got a definition of a type.');
    }
  }

  /** All operations, each with the fragments that it needs. */
  operations(schema: GraphQLSchema): PersistedOperation[] {
    const own = this.#operations.flatMap((operation) => {
      if (operation.name === undefined) {
        this.#tell(operation, 'Expected an operation with a name, but got none.');
        return [];
      }
      const document: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...this.#fragmentsOf(operation)] };
      for (const error of validate(schema, document)) this.#tellError(error);
      const body = print(document);
      return {
        id: createHash('sha256').update(body).digest('hex'),
        name: operation.name.value,
        type: operation.operation,
        body,
      };
    });
    for (const { name, body } of this.#ready) {
      for (const error of validate(schema, parse(body))) this.problems.push(`${name}: ${error.message}`);
    }
    const all = [...this.#ready, ...own];
    this.#tellRepeated(all);
    return all;
  }

  #addReady(file: string, id: string, body: string): void {
    const document = this.#parsed(body, `${file} (${id})`);
    if (document === null) return;
    const operation = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
    if (operation === undefined) this.problems.push(`${file} (${id}): Expected an operation, but got none.`);
    else this.#ready.push({ id, name: operation.name?.value ?? id, type: operation.operation, body });
  }

  #addFragment(fragment: FragmentDefinitionNode): void {
    const { value } = fragment.name;
    if (this.#fragments.has(value)) this.#tell(fragment, `Expected one fragment called ${value}, but got another.`);
    else this.#fragments.set(value, fragment);
  }

  #fragmentsOf(operation: OperationDefinitionNode): FragmentDefinitionNode[] {
    const needed = new Map<string, FragmentDefinitionNode>();
    const look = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
      visit(node, {
        FragmentSpread: ({ name: { value } }) => {
          const fragment = this.#fragments.get(value);
          if (fragment === undefined || needed.has(value)) return;
          needed.set(value, fragment);
          look(fragment);
        },
      });
    };
    look(operation);
    return [...needed.values()];
  }

  #tellRepeated(operations: readonly PersistedOperation[]): void {
    const bodyByName = new Map<string, string>();
    const bodyById = new Map<string, string>();
    for (const { id, name, body } of operations) {
      const sameName = bodyByName.get(name);
      if (sameName !== undefined) this.problems.push(`Expected one operation called ${name}, but got another.`);
      else if (bodyById.has(id)) this.problems.push(`Expected one operation with the id ${id}, but got another.`);
      bodyByName.set(name, body);
      bodyById.set(id, body);
    }
  }

  #parsed(text: string, name: string): DocumentNode | null {
    try {
      return parse(new Source(text, name));
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      this.#tellError(error);
      return null;
    }
  }

  #tell({ loc }: OperationDefinitionNode | DocumentNode['definitions'][number], message: string): void {
    this.problems.push(`${loc!.source.name}:${loc!.startToken.line}: ${message}`);
  }

  #tellError({ message, nodes, source, locations }: GraphQLError): void {
    const at = nodes?.[0]?.loc?.source ?? source;
    this.problems.push(`${at?.name}:${locations?.[0]?.line}: ${message}`);
  }
}

/** Also of manifests that are objects of texts by id, as Relay's and urql's tools write them. */
function operationsOfManifest(file: string, text: string): { readonly id: string; readonly body: string }[] {
  const manifest = parseJson(file, text);
  const list = Array.isArray(manifest.operations)
    ? manifest.operations
    : Object.entries(manifest).map(([id, body]) => ({ id, body }));
  if (list.every((each) => typeof each?.id === 'string' && typeof each.body === 'string')) return list;
  throw new CliError(`Expected ${file} to be a manifest of operations with id and body, or an object of texts by id.`);
}

function parseJson(file: string, text: string): { readonly [name: string]: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as { readonly [name: string]: unknown };
  } catch {}
  throw new CliError(`Expected ${file} to be a manifest in JSON, but got other text.`);
}
