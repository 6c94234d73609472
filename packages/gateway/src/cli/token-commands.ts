import type { Command } from 'commander';
import { adminTokenPath, newAdminToken } from '../config/admin-tokens.ts';
import { reasonOf } from '../config/secret-sources.ts';
import { readValueFile, replaceValueFile } from '../config/value-file.ts';
import { dataDirectory } from './connection.ts';
import { CommandError, type CommandIo, painter } from './io.ts';

interface Flags {
  readonly data?: string;
}

/** `turnpike admin-token rotate`: on the machine of the gateway, without its help. */
export function addTokenCommands(program: Command, io: CommandIo): void {
  program
    .command('admin-token')
    .description('the administrative token that the gateway made for itself')
    .command('rotate')
    .description('make a new one; the old one is of no use from then on, without a restart')
    .option('--data <directory>', 'the gateway’s data directory')
    .action(async (flags: Flags) => {
      const path = adminTokenPath(dataDirectory(flags, io));
      const before = await readValueFile(path, 'administrative token').catch((error: unknown) => {
        throw new CommandError(`${path} cannot be read: ${reasonOf(error)}.`);
      });
      if (before === undefined)
        throw new CommandError(`There is no ${path}. Name the gateway’s data directory with --data.`);
      const value = newAdminToken();
      await replaceValueFile(path, value);
      io.out(`${painter(io)('bold', value)}\n`);
    });
}
