/** Messages of JSON-RPC 2.0 (https://www.jsonrpc.org/specification), one at a time, as MCP sends them. */
import { mayBeRounded, parseVerbatim } from '../graphql/exact-json.ts';

type Id = string | number;

export interface RpcMessage {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Null: a notification, which is not answered. */
  readonly id: Id | null;
}

const CODES = { PARSE: -32_700, REQUEST: -32_600, METHOD: -32_601, PARAMS: -32_602 } as const;

/** What is wrong with a message. What goes wrong when a tool runs is part of its result. */
export class RpcError extends Error {
  readonly code: number;

  constructor(kind: keyof typeof CODES, message: string) {
    super(message);
    this.code = CODES[kind];
  }
}

/** @throws RpcError for a text that is no message. */
export function parseMessage(text: string): RpcMessage {
  let message: unknown;
  try {
    // Arguments are passed on as variables, with all digits of their numbers.
    message = mayBeRounded(text) ? parseVerbatim(text) : JSON.parse(text);
  } catch {
    throw new RpcError('PARSE', 'Expected a body of JSON, but got another text.');
  }
  if (!isObject(message) || message.jsonrpc !== '2.0') {
    throw new RpcError('REQUEST', 'Expected one JSON-RPC message with jsonrpc: "2.0", but got another value.');
  }
  const { method, params = {}, id = null } = message;
  // What clients answer to a server that has asked nothing.
  if (typeof method !== 'string') throw new RpcError('REQUEST', 'Expected a message with a method, but got none.');
  if (!isObject(params)) throw new RpcError('PARAMS', 'Expected params to be an object, but got another value.');
  if (id !== null && typeof id !== 'string' && typeof id !== 'number') {
    throw new RpcError('REQUEST', 'Expected id to be a text or a number, but got another value.');
  }
  return { method, params, id };
}

export const resultResponse = (id: Id, result: object): Response => Response.json({ jsonrpc: '2.0', id, result });

/** A message that cannot be read fails as a request of HTTP too. */
export const rpcErrorResponse = (id: Id | null, { code, message }: RpcError): Response =>
  Response.json(
    { jsonrpc: '2.0', id, error: { code, message } },
    { status: code === CODES.PARSE || code === CODES.REQUEST ? 400 : 200 },
  );

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
