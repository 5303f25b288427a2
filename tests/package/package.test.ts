/**
 * The package, installed from its tarball in an empty folder. Its user is the demo, whose files are copied there as they are: in the
 * repository they import the same names.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { type Finished, type InstalledProject, installProject } from './installed-project.ts';

const DEMO = [
  'src/schema/model.ts',
  'src/schema/extensions.ts',
  'src/schema/migrations',
  'src/worker.ts',
  'src/storage.ts',
  'wrangler.toml',
  'wrangler.storage.toml',
];

const MAX_TARBALL_BYTES = 1_500_000;

let project: InstalledProject;

beforeAll(async () => {
  project = await installProject();
  project.copy(...DEMO);
}, 300_000);

afterAll(() => project?.remove());

const shardql = (...args: readonly string[]): Finished =>
  project.run(process.execPath, 'node_modules/shardql/bin/shardql.js', ...args);

describe('the package', () => {
  it('is small, and has no sources, no tests and no demo', () => {
    expect(project.tarballBytes).toBeLessThan(MAX_TARBALL_BYTES);
    const files = globSync('**/*', { cwd: join(project.folder, 'node_modules/shardql') });
    expect(files.filter((path) => /(?<!\.d)\.tsx?$/.test(path))).toEqual([]);
    expect(
      files.filter((path) =>
        /^(?:tests|bench)\/|^src\/(?:schema\/(?:model|migrations\/.*)|worker|storage)\.js$/.test(path),
      ),
    ).toEqual([]);
  });

  it('shares graphql and drizzle-orm with the project: one copy of each', () => {
    for (const name of ['graphql', 'drizzle-orm', 'workerd']) {
      const copies = globSync(`node_modules/{,**/node_modules/}${name}/package.json`, { cwd: project.folder });
      expect(copies, name).toEqual([`node_modules/${name}/package.json`]);
    }
  });

  it('has declarations without errors, which type the demo', () => {
    const options = {
      target: 'es2024',
      module: 'esnext',
      moduleResolution: 'bundler',
      types: ['@cloudflare/workers-types'],
      strict: true,
      allowImportingTsExtensions: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(
      join(project.folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, include: ['src'] }),
    );
    const { output } = project.run(process.execPath, 'node_modules/typescript/bin/tsc', '--pretty', 'false');
    // Other packages' declarations are their own matter.
    const files = output.split('\n').flatMap((line) => /^(\S+?)\(\d/.exec(line)?.[1] ?? []);
    expect(
      files.filter((path) => !path.startsWith('node_modules/') || path.startsWith('node_modules/shardql/')),
    ).toEqual([]);
    // The types are there: a wrong name is an error.
    writeFileSync(
      join(project.folder, 'src/wrong.ts'),
      "import model from './schema/model.ts';\nexport const wrong = model.nothing;\n",
    );
    expect(project.run(process.execPath, 'node_modules/typescript/bin/tsc', '--pretty', 'false').output).toContain(
      "src/wrong.ts(2,28): error TS2339: Property 'nothing' does not exist",
    );
    writeFileSync(join(project.folder, 'src/wrong.ts'), '');
  });

  it('has a model entry that loads in Node, without the Workers runtime', () => {
    const { status, output } = project.run(
      process.execPath,
      '--input-type=module',
      '--eval',
      "const { default: model } = await import('./src/schema/model.ts'); console.log(model.tables.length);",
    );
    expect({ status, output: output.trim() }).toEqual({ status: 0, output: '6' });
  });
});

describe('the command shardql', () => {
  it('lists all commands as they are typed in a project', () => {
    const { status, output } = shardql('--help');
    expect(status).toBe(0);
    expect(output).toContain('Usage: npx shardql ');
    for (const command of ['start', 'dev', 'generate', 'deploy', 'doctor', 'import', 'export', 'migrate']) {
      expect(output).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    }
    expect(output).not.toContain('npm run');
  });

  it('says in one line which Node it needs', () => {
    const older = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'20.19.5'})`;
    const { status, output } = project.run(
      process.execPath,
      '--import',
      older,
      'node_modules/shardql/bin/shardql.js',
      'start',
    );
    expect({ status, output }).toEqual({
      status: 2,
      output: 'Expected Node 22.18 or newer, but got 20.19.5. Install it from https://nodejs.org.\n',
    });
  });

  it('examines the project in the working folder', () => {
    const { status, output } = shardql('doctor');
    expect(output).toContain('ok     migrations');
    expect(status).toBe(0);
  });

  it('makes a migration of a changed model, beside it', () => {
    expect(shardql('generate')).toEqual({ status: 0, output: 'Nothing changed.\n' });
    const path = join(project.folder, 'src/schema/model.ts');
    const model = readFileSync(path, 'utf8');
    writeFileSync(path, model.replace('    phone: text(),\n', '    phone: text(),\n    nickname: text(),\n'));
    const { output } = shardql('generate', '--name', 'nickname');
    expect(output).toMatch(/^src\/schema\/migrations\/\d+_nickname\.sql: \d+ statement/);
    expect(readFileSync(join(project.folder, 'src/schema/migrations/index.ts'), 'utf8')).toContain(
      "from 'shardql/model'",
    );
  });

  it('deploys: wrangler bundles both Workers', () => {
    const { output } = shardql('deploy', '--dry-run');
    expect(output.match(/--dry-run: exiting now\./g)).toHaveLength(2);
  });

  it('serves the API, GraphiQL and the console', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, ['node_modules/shardql/bin/shardql.js', 'start'], {
      cwd: project.folder,
      env: { ...process.env, PORT: String(port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      let output = '';
      await new Promise<void>((done, fail) => {
        for (const stream of [child.stdout, child.stderr]) {
          stream.on('data', (chunk) => {
            output += chunk;
            if (/^ready /m.test(output)) done();
          });
        }
        child.once('close', () => fail(new Error(`It ended: ${output}`)));
      });
      const origin = `http://127.0.0.1:${port}`;
      const query = 'mutation { createTenant(data: { name: "A", plan: FREE, settings: {} }) { name } }';
      const answer = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query }),
      });
      expect(((await answer.json()) as { readonly data: unknown }).data).toEqual({ createTenant: { name: 'A' } });
      for (const path of ['/console', '/_shardql/console/console.js', '/_shardql/graphiql/page.js']) {
        const response = await fetch(`${origin}${path}`);
        expect(response.status, path).toBe(200);
        await response.body?.cancel();
      }
    } finally {
      child.kill('SIGTERM');
      await new Promise((done) => child.once('close', done));
    }
  });
});
