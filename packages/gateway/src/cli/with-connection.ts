import type { Command } from 'commander';

/** The flags of every command over the API. */
export function withConnection(command: Command): Command {
  return command
    .option('--url <address>', 'the gateway (or TURNPIKE_URL; default: the one on this machine)')
    .option('--token <token>', 'an administrative token (or TURNPIKE_ADMIN_TOKEN; default: the one that it keeps)')
    .option('--data <directory>', 'its data directory, where that token is')
    .option('--json', 'print JSON');
}
