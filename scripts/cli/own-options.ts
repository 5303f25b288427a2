import type { Command } from 'commander';

/**
 * Commands take their own options alone. By itself commander lets a subcommand take those of its parent, and whoever acts on
 * the subcommand's own never looks at them: `restore undo ID --preview` would undo.
 */
export function requireOwnOptions(command: Command): void {
  if (command.commands.length === 0) return;
  // What follows the name of a subcommand is parsed by that one, which refuses what it does not know.
  command.enablePositionalOptions();
  command.hook('preSubcommand', (parent, subcommand) => {
    for (const option of parent.options) {
      if (parent.getOptionValueSource(option.attributeName()) !== 'cli') continue;
      subcommand.error(
        `error: expected options of '${parent.name()} ${subcommand.name()}' to follow its name, but got '${option.long}' before it`,
        { code: 'shardql.misplacedOption', exitCode: 2 },
      );
    }
  });
  for (const subcommand of command.commands) requireOwnOptions(subcommand);
}
