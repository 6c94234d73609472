import { Command } from 'commander';
import { CommandError, type CommandIo } from './cli/io.ts';
import { checkConfig } from './config/check-config.ts';
import { configurationParts, createLazyDemo, type ProcessParts } from './build.ts';
import { nearestName } from './config/nearest-name.ts';
import type { Flags } from './config/resolve-settings.ts';
import { systemClock } from './core/clock.ts';
import { serve } from './serve.ts';
import { version } from './version.ts';

function processParts(flags: Flags): ProcessParts {
  return { flags, env: process.env, cwd: process.cwd(), isTerminal: process.stdout.isTTY, clock: systemClock };
}

async function check(flags: Flags): Promise<void> {
  const demo = createLazyDemo();
  const { lines, exitCode } = await checkConfig(configurationParts(processParts(flags), demo));
  await demo.close();
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = exitCode;
}

/** What the program does, by its command line. */
export async function runCommandLine(): Promise<void> {
  const program = new Command('turnpike').description('The AI gateway for coding agents.').version(version);
  program
    .command('serve', { isDefault: true })
    .description('run the gateway')
    .option('-c, --config <file>', 'configuration file (YAML or JSON)')
    .option('-p, --port <number>', 'port to listen on')
    .option('--host <address>', 'address to listen on')
    .option('--data <directory>', 'directory for the database and the generated key')
    .option('--log-format <format>', 'pretty or json')
    .option('--log-level <level>', 'debug, info, warn or error')
    .action((flags: Flags) => serve(processParts(flags)));
  program
    .command('check')
    .description('check a configuration file and tell what it means')
    .option('-c, --config <file>', 'configuration file (YAML or JSON)')
    .action(check);
  program
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${version}\n`));
  await addOtherCommands(program);
  await program.parseAsync().catch((error: unknown) => {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}

/** Commands that manage a gateway are loaded when one is asked for, so that serving starts no later for them. */
async function addOtherCommands(program: Command): Promise<void> {
  const asked = process.argv[2] ?? 'serve';
  const isOption = asked.startsWith('-') && !['-h', '--help'].includes(asked);
  if (isOption || program.commands.some((command) => command.name() === asked)) return;
  const { addAdminCommands } = await import('./cli/add-admin-commands.ts');
  addAdminCommands(program, commandIo());
  const names = program.commands.map((command) => command.name());
  if (asked.startsWith('-') || [...names, 'help'].includes(asked)) return;
  const near = nearestName(asked, names);
  const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
  process.stderr.write(`There is no command \`${asked}\`.${hint} \`turnpike --help\` lists them all.\n`);
  process.exit(1);
}

function commandIo(): CommandIo {
  const { columns } = process.stdout;
  return {
    env: process.env,
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    ...(process.stdout.isTTY && columns > 0 ? { columns } : {}),
    setExitCode: (code) => void (process.exitCode = code),
  };
}
