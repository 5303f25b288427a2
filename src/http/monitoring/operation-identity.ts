import {
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  Kind,
  type ListValueNode,
  type ObjectValueNode,
  print,
  type StringValueNode,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { BoundedMap } from '../../lib/bounded-map.ts';
import { fnv1a64 } from '../../lib/fnv1a.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { operationOf } from '../graphql/operation-of.ts';

/** Which operation a request runs, as the monitor knows it. One object per operation, as long as it is remembered. */
export interface OperationIdentity {
  /** 16 hexadecimal digits: the FNV-1a of its document without values, and its name. */
  readonly hash: string;
  readonly name: string | null;
  readonly kind: 'query' | 'mutation';
  /** The document without values, at most {@link MAX_TEXT} characters of it. */
  readonly text: string;
}

const MAX_TEXT = 2_000;
/** Characters of a name: clients choose it. */
const MAX_NAME = 100;
/** Of an identity besides its text. */
const ENTRY_BYTES = 300;

/**
 * Finds identities. What a document is costs about as much to find out as to parse it, and is remembered with the document: requests
 * of known ones take two look-ups.
 */
export class OperationIdentities {
  readonly #byDocument = new WeakMap<DocumentNode, Map<string, OperationIdentity>>();
  readonly #byHash = new BoundedMap<string, OperationIdentity>(MEMORY.operations);

  /**
   * @param operationName as the request has it: of a document with one operation, it may be null.
   * @param schema that the document is valid by.
   */
  of(document: DocumentNode, operationName: string | null, schema: GraphQLSchema): OperationIdentity {
    let byName = this.#byDocument.get(document);
    if (byName === undefined) {
      byName = new Map();
      this.#byDocument.set(document, byName);
    }
    const key = operationName ?? '';
    let identity = byName.get(key);
    if (identity === undefined) {
      const { operation, name } = operationOf(document, operationName);
      const text = print(withoutValues(document, schema));
      identity = this.#identify(text, operation === 'mutation' ? 'mutation' : 'query', name?.value ?? '');
      byName.set(key, identity);
    }
    return identity;
  }

  #identify(text: string, kind: OperationIdentity['kind'], name: string): OperationIdentity {
    const hash = fnv1a64(`${text}\n${name}`);
    const known = this.#byHash.use(hash);
    if (known) return known;
    const identity = { hash, kind, name: name.slice(0, MAX_NAME) || null, text: text.slice(0, MAX_TEXT) };
    this.#byHash.set(hash, identity, ENTRY_BYTES + 2 * identity.text.length);
    return identity;
  }
}

/** Literals are data of whoever asks. And with others it is the same operation. */
function withoutValues(document: DocumentNode, schema: GraphQLSchema): DocumentNode {
  const types = new TypeInfo(schema);
  const inputType = () => getNamedType(types.getInputType());
  const visitor: ASTVisitor = {
    IntValue: () => ({ kind: Kind.INT, value: '0' }),
    FloatValue: () => ({ kind: Kind.INT, value: '0' }),
    StringValue: () => NO_TEXT,
    // However many there are.
    ListValue: {
      leave: ({ values, ...list }: ListValueNode) => ({ ...list, values: values.slice(0, 1) as readonly ValueNode[] }),
    },
    // Of JSON, names of members and what looks like an enum value are data, too.
    ObjectValue: () => (isInputObjectType(inputType()) ? undefined : NO_MEMBERS),
    EnumValue: () => (isEnumType(inputType()) ? undefined : NO_TEXT),
  };
  return visit(document, visitWithTypeInfo(types, visitor));
}

const NO_TEXT: StringValueNode = { kind: Kind.STRING, value: '' };
const NO_MEMBERS: ObjectValueNode = { kind: Kind.OBJECT, fields: [] };
