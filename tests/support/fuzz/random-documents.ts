/** Random documents, with conditions and consistencies that variables decide. */
import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, parse, print, visit } from 'graphql';
import { QueryGenerator } from '../queries/generate-query.ts';
import { Oracle } from '../queries/oracle.ts';
import { render } from '../queries/render.ts';
import type { World } from '../queries/world.ts';
import { pick, type Random } from '../random.ts';
import { DocumentGenerator } from './document-generator.ts';

/** What clients get from us and give back. */
export class TokenPool {
  readonly cursors: string[] = [];
  readonly nodeIds: string[] = [];
  readonly versions = ['42'];
  readonly ids = ['1', 'x', 'y'];

  add(data: unknown): void {
    if (typeof data !== 'object' || data === null) return;
    for (const [name, value] of Object.entries(data)) {
      if (typeof value !== 'string') this.add(value);
      else if (/cursor/i.test(name)) this.cursors.push(value);
      else if (/nodeId/.test(name)) this.nodeIds.push(value);
    }
  }
}

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Documents in turn: any that the grammar allows, and lists with filters, orders and groups whose values are variables. */
export function* randomDocuments(
  schema: GraphQLSchema,
  world: World,
  random: Random,
  tokens: TokenPool,
  listsPerDocument = 2,
): Generator<Asked> {
  const anything = new DocumentGenerator(schema, random, () => tokens);
  const lists = new QueryGenerator(world, new Oracle(world).related, random);
  const cursorOf = () => pick(random, ['', ...tokens.cursors]);
  while (true) {
    yield withConditions(anything.operation(), random);
    yield withConditions(
      render(
        world,
        Array.from({ length: listsPerDocument }, () => lists.query()),
        cursorOf,
      ),
      random,
    );
  }
}

/** Fields whose directives take variables. */
function withConditions({ query, variables }: Asked, random: Random): Asked {
  const document = tryParse(query);
  if (document === null) return { query, variables };
  const added: Record<string, unknown> = {};
  const directive = (name: string, argument: string, type: string, value: unknown): string => {
    const variable = `c${Object.keys(added).length}`;
    added[variable] = value;
    declarations.push(`$${variable}: ${type}`);
    return `@${name}(${argument}: $${variable})`;
  };
  const declarations: string[] = [];
  const text = print(
    visit(document, {
      Field(node) {
        const chance = random();
        if (chance > 0.1) return undefined;
        const text =
          chance < 0.05
            ? directive('include', 'if', 'Boolean!', chance < 0.04)
            : directive('consistency', 'mode', 'ConsistencyMode!', pick(random, ['STRONG', 'CACHED', 'SESSION']));
        const [placed] = (parse(`{ a ${text} }`).definitions[0] as OperationDefinitionNode).selectionSet.selections;
        return { ...node, directives: [...(node.directives ?? []), ...placed!.directives!] };
      },
    }),
  );
  if (declarations.length === 0) return { query: text, variables };
  const [, kind, name = '', given, rest] = /^(query|mutation)(?: (\w+))?(?:\(([\s\S]*?)\))?([\s\S]*)$/.exec(text) ?? [];
  if (kind === undefined) return { query, variables };
  const declared = [...(given ? [given] : []), ...declarations].join(', ');
  return { query: `${kind} ${name || 'Q'}(${declared})${rest}`, variables: { ...variables, ...added } };
}

export function tryParse(query: string): DocumentNode | null {
  try {
    return parse(query);
  } catch {
    return null;
  }
}
