import { chmodSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * Makes a stand-in for workerd that turns its inspector on, and returns the variable that makes Miniflare run it.
 * `npm start` itself has no such switch, since whoever reaches an inspector controls the process.
 */
export function workerdWithInspector(folder: string, inspectorPort: number): Readonly<Record<string, string>> {
  const workerd = (require('workerd') as { default: string }).default;
  const script = join(folder, 'workerd');
  const text = `#!/bin/sh\ncommand=$1\nshift\nexec '${workerd}' "$command" --inspector-addr=127.0.0.1:${inspectorPort} "$@"\n`;
  writeFileSync(script, text);
  chmodSync(script, 0o755);
  return { MINIFLARE_WORKERD_PATH: script };
}
