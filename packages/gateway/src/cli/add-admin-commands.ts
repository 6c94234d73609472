import type { Command } from 'commander';
import { addDocumentCommands } from './document-commands.ts';
import type { CommandIo } from './io.ts';
import { kindCommands } from './kinds.ts';
import { addReportCommands } from './report-commands.ts';
import { addRouteCommands } from './route-commands.ts';
import { addResourceCommands } from './resource-commands.ts';
import { addStatusCommand } from './status-command.ts';
import { addTokenCommands } from './token-commands.ts';

/** Every command that manages a gateway. */
export function addAdminCommands(program: Command, io: CommandIo): void {
  for (const group of kindCommands) addResourceCommands(program, group, io);
  addReportCommands(program, io);
  addStatusCommand(program, io);
  addRouteCommands(program, io);
  addDocumentCommands(program, io);
  addTokenCommands(program, io);
}
