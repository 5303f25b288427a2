/** A line that begins a table of TOML, or an array's next table. */
const HEADER = /^\s*\[/;

/**
 * The text of a wrangler.toml with the id of a KV namespace, whose lines are all kept; null: its namespaces are not written as tables of their
 * own, so that somebody has to write the id.
 *
 * @param env an environment of wrangler; empty: none.
 */
export function withKvId(toml: string, env: string, binding: string, id: string): string | null {
  const lines = toml.split('\n');
  const name = env === '' ? 'kv_namespaces' : `env.${env}.kv_namespaces`;
  for (const [start, line] of lines.entries()) {
    if (line.replace(/#.*/, '').trim() !== `[[${name}]]`) continue;
    const length = lines.slice(start + 1).findIndex((next) => HEADER.test(next));
    const end = length === -1 ? lines.length : start + 1 + length;
    const at = lines.slice(start, end).findIndex((each) => isBinding(each, binding));
    if (at === -1) continue;
    return lines.toSpliced(start + at + 1, 0, `id = "${id}"`).join('\n');
  }
  return null;
}

const isBinding = (line: string, binding: string): boolean =>
  new RegExp(`^\\s*binding\\s*=\\s*["']${binding}["']`).test(line);
