import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/deploying.md'), 'utf8');
const [, section] = /^## Staging\n(.*?)^## /ms.exec(PAGE)!;
const [api, storage] = [...section!.matchAll(/^```toml\n(.*?)^```$/gms)].map(([, toml]) => `\n${toml}`);

/** The environment that docs/deploying.md adds to the configurations of the demo, as it is before it is set up. */
export const STAGING = { api: api!, storage: storage! };
