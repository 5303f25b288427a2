/**
 * Shapes of what routers send, as far as this release knows them. A router of the next release may ask for more: to leave
 * out what a shard does not know would answer another question, such as a list without its filter.
 */
import { ofNewerRelease } from './other-release.ts';

/** Throws for what a newer release must have made. */
export type Check = (value: unknown) => void;

/** What may be anything: names, values and references to values. */
export const any: Check = () => {};

/** Null, or left out. */
export const orNull =
  (check: Check): Check =>
  (value) => {
    if (value !== null && value !== undefined) check(value);
  };

/** An object with these members; any may be missing. */
export const object =
  <T>(members: { readonly [Name in keyof Required<T>]: Check }): Check =>
  (value) => {
    for (const [name, member] of Object.entries(value as object)) {
      if (!Object.hasOwn(members, name)) throw ofNewerRelease();
      members[name as keyof T](member);
    }
  };

/** An object whose member `tag` says which of these it is. */
export const tagged =
  (tag: string, checks: Readonly<Record<string, Check>>): Check =>
  (value) => {
    const kind = (value as Readonly<Record<string, string>>)[tag]!;
    if (!Object.hasOwn(checks, kind)) throw ofNewerRelease();
    checks[kind]!(value);
  };
