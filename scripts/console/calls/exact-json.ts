/** JSON whose numbers keep all digits: values of rows may have more than JavaScript's numbers do. */

/** A number that JavaScript would write with other digits. */
export class ExactNumber {
  /** As it stands in the JSON text. */
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;
type Parse = (text: string, reviver: Reviver) => unknown;
interface RawJson {
  readonly rawJSON?: (text: string) => unknown;
}

const parse: Parse = JSON.parse;
const { rawJSON } = JSON as RawJson;

/** Browsers before 2025 have no source texts of numbers: what they show of such numbers must not be written back. */
export const keepsDigits = rawJSON !== undefined;

export const parseExact = (text: string): unknown =>
  parse(text, (_key, value, context) => {
    const source = context?.source;
    const isSame = typeof value !== 'number' || source === undefined || source === String(value);
    return isSame ? value : new ExactNumber(source);
  });

export const writeExact = (value: unknown, indent?: number): string =>
  JSON.stringify(value, (_key, each) => (each instanceof ExactNumber ? rawJSON!(each.source) : each), indent) ??
  'undefined';

/** The same JSON text in printable characters of ASCII alone. */
export const toAscii = (json: string): string =>
  json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
