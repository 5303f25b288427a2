/**
 * What `--help` of each command tells: what it does, and of each option its default, its range and an example. Commands are
 * those of package.json and, below them, those that their own help names; so is what is told of their options.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { shardqlProgram } from '../../scripts/cli/program.ts';
import { type FinishedScript, runScript } from '../support/run-script.ts';

const PROJECT = join(import.meta.dirname, '../..');
const { scripts } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
};

interface Help {
  /** As typed: `npm run shardql -- migrate status`. */
  readonly command: string;
  readonly text: string;
  readonly status: number | null;
}

interface Option {
  /** `--size`. */
  readonly flag: string;
  /** `<count>`; null for one that takes no value. */
  readonly value: string | null;
  readonly text: string;
}

/** Placeholders of values that are numbers. */
const NUMBERS = /^<(count|number|seconds|factor|port|ms|bytes)>$/;

const SHARDQL = 'scripts/shardql.ts';

const helps: Help[] = [];

beforeAll(async () => {
  const entries = Object.entries(scripts).flatMap(([name, line]) => {
    const script = /^node (\S+\.ts)$/.exec(line)?.[1];
    return script === undefined ? [] : [{ command: name === 'start' ? 'npm start --' : `npm run ${name} --`, script }];
  });
  await Promise.all(entries.map(({ command, script }) => readHelp(command, [script])));
});

async function readHelp(command: string, args: readonly [script: string, ...string[]]): Promise<void> {
  const { stdout, status } = await run(...args, '--help');
  helps.push({ command, text: stdout, status });
  const names = section(stdout, 'Commands').flatMap((line) => /^ {2}([a-z][\w-]*)/.exec(line)?.[1] ?? []);
  for (const name of names.filter((each) => each !== 'help')) await readHelp(`${command} ${name}`, [...args, name]);
}

/** The many commands of shardql in this process, which takes a hundredth of the time. */
async function run(script: string, ...args: readonly string[]): Promise<FinishedScript> {
  if (script !== SHARDQL) return await runScript(script, ...args);
  const finished = { status: 0, stdout: '', stderr: '' };
  const program = await shardqlProgram(args[0], {
    writeOut: (text) => (finished.stdout += text),
    writeErr: (text) => (finished.stderr += text),
    getOutHelpWidth: () => 80,
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    finished.status = error.exitCode === 0 ? 0 : 2;
  }
  return finished;
}

/** The lines below a heading, up to the next empty one. */
function section(text: string, heading: string): string[] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line === `${heading}:` || line === `${heading.replace(/s$/, '')}:`) + 1;
  if (start === 0) return [];
  const length = lines.slice(start).findIndex((line) => line.trim() === '');
  return lines.slice(start, length < 0 ? undefined : start + length);
}

/** Entries of a section, whose texts may go on over several lines. */
const entriesOf = (lines: readonly string[]): string[] =>
  lines
    .map((line) => (/^ {2}\S/.test(line) ? `\n${line.trim()}` : ` ${line.trim()}`))
    .join('')
    .split('\n')
    .slice(1);

const optionsOf = (text: string): Option[] =>
  entriesOf(section(text, 'Options')).map((entry) => {
    const [, flag = entry, value = null, description = ''] =
      /^(?:-\w, )?(--[\w-]+)(?: ([<[]\S*?[>\]]))?(?: {2,}| (?=\S))(.*)$/.exec(entry) ?? [];
    return { flag, value, text: description };
  });

const ownOptions = (text: string): Option[] => optionsOf(text).filter(({ flag }) => flag !== '--help');
/** Without what npm and the shell take for themselves. */
const examplesOf = (text: string): string[] =>
  section(text, 'Examples').map((line) =>
    line
      .trim()
      .replace(/^[A-Z]+=\S+ /, '')
      .replace('npm run --silent ', 'npm run '),
  );

/** Every help of which the complaint is not null. */
const complaints = (complain: (help: Help) => string | null | readonly string[]): string[] =>
  helps.flatMap((help) => [complain(help) ?? []].flat().map((complaint) => `${help.command}: ${complaint}`));

describe('--help', () => {
  it('is there for each command and each below it', () => {
    expect(helps.length).toBeGreaterThan(15);
    expect(complaints(({ status, text }) => (status === 0 && text.startsWith('Usage: npm ') ? null : text))).toEqual(
      [],
    );
  });

  it('says how the command is typed, and what it does', () => {
    expect(
      complaints(({ command, text }) => {
        const usage = `Usage: ${command.replace(/ --$/, '')}`;
        const description = text.split('\n').slice(2).join(' ').split('  ')[0] ?? '';
        if (!text.startsWith(usage)) return `Expected "${usage}", but got "${text.split('\n')[0]}".`;
        return /^[A-Z].{20,}\./.test(description) ? null : `Expected a sentence, but got "${description}".`;
      }),
    ).toEqual([]);
  });

  it('gives examples, with options that there are', () => {
    expect(
      complaints(({ command, text }) => {
        if (section(text, 'Commands').length > 0) return null;
        const examples = examplesOf(text);
        const known = new Set(optionsOf(text).map(({ flag }) => flag));
        const passesOn = /All other options are those of wrangler/.test(text);
        const wrong = examples.flatMap((example) => {
          const options = [...example.replace(/ -- /, ' ').matchAll(/(?<= )--[\w-]+/g)].map(([flag]) => flag);
          const typed = example.startsWith(command.replace(/ --$/, ''));
          return typed ? options.filter((flag) => !known.has(flag) && !passesOn) : [example];
        });
        return examples.length === 0 ? 'Expected examples.' : wrong;
      }),
    ).toEqual([]);
  });

  // A command below another was given the other's options, and looked at its own alone: `restore undo ID --preview` undid.
  it('names all options that a command takes: those of the command above it are refused', async () => {
    const misplaced = helps.flatMap((parent) =>
      helps.flatMap((child) => {
        const name = child.command.slice(parent.command.length + 1);
        const isBelow =
          parent.command.startsWith('npm run shardql -- ') && child.command === `${parent.command} ${name}`;
        if (!isBelow || name === '' || name.includes(' ')) return [];
        const known = new Set(optionsOf(child.text).map(({ flag }) => flag));
        const given = ownOptions(parent.text).map(({ flag, value }) => (value === null ? [flag] : [flag, 'x']));
        const args = child.command.replace('npm run shardql -- ', '').split(' ');
        return [
          ...given.filter(([flag]) => !known.has(flag!)).map((option) => [...args, ...option]),
          ...given.slice(0, 1).map((option) => [...args.slice(0, -1), ...option, args.at(-1)!]),
        ];
      }),
    );
    expect(misplaced.length).toBeGreaterThan(5);
    const runs = await Promise.all(misplaced.map(async (args) => ({ args, ...(await run(SHARDQL, ...args)) })));
    const taken = runs.filter(({ status, stderr }) => status !== 2 || !/unknown option|before it/.test(stderr));
    expect(taken.map(({ args, stderr }) => `${args.join(' ')}: ${stderr}`)).toEqual([]);
  });

  it('says of each option what it does', () => {
    expect(
      complaints(({ text }) =>
        ownOptions(text)
          .filter(
            (option) =>
              option.text
                .replace(/\((default|choices):.*\)/, '')
                .trim()
                .split(' ').length < 3,
          )
          .map(({ flag }) => flag),
      ),
    ).toEqual([]);
  });

  it('says of each option that takes a value what holds without it', () => {
    expect(
      complaints(({ text }) =>
        ownOptions(text)
          .filter((option) => option.value !== null && !/\(.*default: .+\)|\brequired\b/.test(option.text))
          .map(({ flag }) => flag),
      ),
    ).toEqual([]);
  });

  it('says of each number from where to where it goes', () => {
    const numbers = helps.flatMap(({ text }) => ownOptions(text).filter(({ value }) => NUMBERS.test(value ?? '')));
    expect(numbers.length).toBeGreaterThan(4);
    expect(
      complaints(({ text }) =>
        ownOptions(text)
          .filter(
            ({ value, text }) => NUMBERS.test(value ?? '') && !/\bfrom \S+ to \S|\bat least \d|\babove \d/.test(text),
          )
          .map(({ flag }) => flag),
      ),
    ).toEqual([]);
  });

  it('shows of each option that takes a value what one looks like', () => {
    expect(
      complaints(({ text }) =>
        ownOptions(text)
          .filter(
            ({ flag, value, text: told }) =>
              value !== null &&
              !examplesOf(text).some((example) => example.includes(`${flag} `)) &&
              !/\bsuch as \S|choices: |\(default: "/.test(told),
          )
          .map(({ flag }) => flag),
      ),
    ).toEqual([]);
  });
});

describe('an option that a command does not have', () => {
  it.each([
    ['scripts/start.ts'],
    ['scripts/check.ts'],
    ['scripts/campaign.ts'],
    ['scripts/shardql.ts', 'status'],
    ['scripts/db-generate.ts'],
    ['bench/main.ts'],
  ])('is told: %s %s', async (...args) => {
    const { status, stdout, stderr } = await runScript(...args, '--colour');
    expect(stdout).toBe('');
    expect(stderr).toContain("unknown option '--colour'");
    expect(status).toBeGreaterThan(0);
  });
});
