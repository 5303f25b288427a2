/** How the repository's npm scripts are typed where the package is installed. `--` stands between npm and the options of a script. */
const COMMANDS: readonly (readonly [script: RegExp, installed: string])[] = [
  [/npm run (?:-s |--silent )?shardql --/g, 'npx shardql'],
  [/npm run db:generate\b(?: --(?!\w))?/g, 'npx shardql generate'],
  [/npm run deploy\b(?: --(?!\w))?/g, 'npx shardql deploy'],
  [/npm run dev\b(?: --(?!\w))?/g, 'npx shardql dev'],
  [/npm start\b(?: --(?!\w))?/g, 'npx shardql start'],
];

/** A text of the repository (messages, help, documentation) with the commands that a project has which installed the package. */
export const installedCommands = (text: string): string =>
  COMMANDS.reduce((changed, [script, installed]) => changed.replace(script, installed), text);
