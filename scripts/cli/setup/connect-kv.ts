import { readFileSync, writeFileSync } from 'node:fs';
import { type ConfigFile, configsOf } from '../../project/deployment.ts';
import { readConfig } from '../../project/read-model.ts';
import { CliError } from '../cli-error.ts';
import { AccountError } from './account-error.ts';
import type { Setup } from './set-up.ts';
import { withKvId } from './write-kv-id.ts';

const BINDING = 'KV';

/**
 * Writes the id of one KV namespace into the configurations of all Workers of the deployment. Without an id each Worker is given a namespace of its
 * own by its deploy: shards would put stamps where the API never looks, and cached answers would stay after writes.
 */
export async function connectKv(setup: Setup): Promise<void> {
  const { deployment, account, place, found, make } = setup;
  const files = configsOf(deployment).filter((file) => bindingOf(file) !== undefined);
  if (files.length === 0) return;
  const ids = [...new Set(files.map((file) => bindingOf(file)!.id).filter((id) => id !== undefined))];
  if (ids.length > 1) {
    throw new CliError(
      `Expected one KV namespace in ${files.map(({ path }) => path).join(' and ')}, but got ${ids.join(' and ')}. Give both the same id.`,
    );
  }
  const known = await account.namespaces();
  const [given] = ids;
  if (given !== undefined && !known.some(({ id }) => id === given)) {
    throw new AccountError(
      'NOT_THERE',
      `Expected the KV namespace ${given} of ${files[0]!.path} in the account, but found none. Take the id out, and one is made.`,
    );
  }
  const name = `${readConfig(deployment.api.path, '').name}-kv`;
  const title = account.namespaceTitle(name);
  const idOfTitle = (all: typeof known) => all.find((namespace) => namespace.title === title)?.id;
  let id = given ?? idOfTitle(known);
  if (id !== undefined) found(`KV namespace ${id}`);
  else {
    await make(`KV namespace ${title}`, async () => {
      await account.createNamespace(name, place);
      id = idOfTitle(await account.namespaces());
    });
  }
  for (const file of files.filter((each) => bindingOf(each)!.id === undefined)) {
    await make(`id of the KV namespace in ${file.path}`, async () => writeId(file, deployment.env, id!));
  }
}

function writeId({ path }: ConfigFile, env: string, id: string): void {
  const text = path.endsWith('.toml') ? withKvId(readFileSync(path, 'utf8'), env, BINDING, id) : null;
  if (text === null) {
    throw new CliError(
      `Expected [[${env === '' ? '' : `env.${env}.`}kv_namespaces]] with binding = "${BINDING}" as a table of its own in ${path}, but found it written otherwise. Write there yourself: id = "${id}"`,
    );
  }
  writeFileSync(path, text);
}

const bindingOf = ({ config }: ConfigFile) => config.kv_namespaces.find(({ binding }) => binding === BINDING);
