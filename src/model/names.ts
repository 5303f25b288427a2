/** How names of TypeScript and SQL become GraphQL names. */

export const lowerFirst = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const upperFirst = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** `order_items` → `orderItems`. Characters that GraphQL names cannot hold separate words, except beyond ASCII: those stay, and are refused later. */
export const camelCase = (sqlName: string): string => {
  const words = sqlName.split(/[\s_\-.:/]+/).filter((word) => word !== '');
  return lowerFirst(words.map((word, index) => (index === 0 ? word : upperFirst(word))).join(''));
};

/** Before the capital that begins a word, also after an acronym (`HTMLPage`), and what separates words. One expression: each takes a start. */
const WORD_ENDS = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\s\-./:]+/g;

/** `inProgress`, `in progress` and `in-progress` → `IN_PROGRESS`. The result may still be no GraphQL name. */
export const screamingSnake = (value: string): string => value.replace(WORD_ENDS, '_').toUpperCase();

/** A GraphQL name that users may define: names that start with `__` belong to introspection. */
export const isGraphQLName = (name: string): boolean => /^(?!__)[_A-Za-z][_0-9A-Za-z]*$/.test(name);

/** "an Order", "a User": the name after its indefinite article, as it sounds. */
export const withArticle = (name: string): string =>
  `${/^(?:[aio]|e(?!u)|u(?!ni|s[aeiou]))/i.test(name) ? 'an' : 'a'} ${name}`;
