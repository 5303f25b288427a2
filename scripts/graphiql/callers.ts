/** As whom GraphiQL asks: a role for each tab, and claims for each role. Kept by the browser, for this origin. */
import { claimHints } from '../../src/model/access/claim-hints.ts';

/** What every model has: who asks by no header, and roles of no rules. */
export const DEVELOPER = 'developer';
const WITHOUT_RULES = ['anonymous', 'operator'];

const ROLES_KEY = 'shardql:role-by-tab';
const CLAIMS_KEY = 'shardql:claims-by-role';

/** A tab of a first visit. */
export interface Example {
  readonly query: string;
  /** Of whom it is an example: `<role> {claims as JSON}`. Absent: of the developer. */
  readonly as?: string;
}

/** The model's roles, each with the names of the claims that its rules use. */
export type ClaimsByRole = Readonly<Record<string, readonly string[]>>;

/** The developer first, then the model's roles. */
export const rolesToAskAs = (ofModel: ClaimsByRole): string[] => [
  ...new Set([DEVELOPER, ...Object.keys(ofModel), ...WITHOUT_RULES]),
];

/** What the empty field of claims shows: the form, with those that the rules of the role use. */
export const placeholderOf = (names: readonly string[] = []): string =>
  names.length === 0 ? 'none' : JSON.stringify(Object.fromEntries(names.map((name) => [name, '…'])));

/** Null where it is a JSON object, and for an empty text: there need be no claims. */
export function problemOf(claims: string): string | null {
  if (claims.trim() === '') return null;
  try {
    const value: unknown = JSON.parse(claims);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return null;
  } catch {}
  return 'Expected claims to be a JSON object, such as {"shardKey":"t1"}; until then the last valid claims are sent.';
}

/** What may be wrong with claims that are a JSON object, or none. */
export const hintsOf = (role: string, claims: string, used: readonly string[] = []): string[] =>
  claimHints(role, claims.trim() === '' ? {} : JSON.parse(claims), used);

/** The value of `x-shardql-as`; null: no such header. Headers have no characters beyond ASCII; JSON can do without. */
export function headerOf(role: string, claims: string): string | null {
  if (role === DEVELOPER) return null;
  if (claims.trim() === '') return role;
  const json = JSON.stringify(JSON.parse(claims));
  const ascii = json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `${role} ${ascii}`;
}

export class Callers {
  readonly #examples: readonly Example[];
  readonly #roleByTab = readEntries(ROLES_KEY);
  readonly #claimsByRole = readEntries(CLAIMS_KEY);

  constructor(examples: readonly Example[]) {
    this.#examples = examples;
  }

  /** The role of a tab; a new one has that of an example with the same text, else the one that was asked as before it. */
  roleOf(tab: { readonly id: string; readonly query: string | null }, before: string): string {
    const known = this.#roleByTab.get(tab.id);
    if (known !== undefined) return known;
    const example = this.#examples.find(({ query }) => query === tab.query);
    return example === undefined ? before : partsOf(example).role;
  }

  claimsOf(role: string): string {
    const example = this.#examples.map(partsOf).find((parts) => parts.role === role);
    return this.#claimsByRole.get(role) ?? example?.claims ?? '';
  }

  /** @param openTabs others are forgotten. */
  setRole(tabId: string, role: string, openTabs: readonly string[]): void {
    for (const id of this.#roleByTab.keys()) if (!openTabs.includes(id)) this.#roleByTab.delete(id);
    this.#roleByTab.set(tabId, role);
    writeEntries(ROLES_KEY, this.#roleByTab);
  }

  setClaims(role: string, claims: string): void {
    this.#claimsByRole.set(role, claims);
    writeEntries(CLAIMS_KEY, this.#claimsByRole);
  }
}

function partsOf({ as = DEVELOPER }: Example): { readonly role: string; readonly claims: string } {
  const [, role, claims = ''] = /^(\S+) *(.*)$/.exec(as)!;
  return { role: role!, claims };
}

/** Another version of this page, or another page of this origin, may have written anything. */
function readEntries(key: string): Map<string, string> {
  try {
    const entries: [string, unknown][] = Object.entries(JSON.parse(localStorage.getItem(key) ?? '{}'));
    return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch {
    return new Map();
  }
}

const writeEntries = (key: string, entries: ReadonlyMap<string, string>): void =>
  localStorage.setItem(key, JSON.stringify(Object.fromEntries(entries)));
