import type { Command } from 'commander';
import { systemClock } from '../core/clock.ts';
import { addressOf, connect, type ConnectionFlags } from './connection.ts';
import { describeStatus } from './describe-status.ts';
import { type CommandIo, painter } from './io.ts';
import { withConnection } from './with-connection.ts';

type Flags = ConnectionFlags & { readonly all?: boolean };

/** `turnpike status`: how the gateway and the deployments behind it are. */
export function addStatusCommand(program: Command, io: CommandIo): void {
  withConnection(program.command('status').description('tell how the gateway and the deployments behind it are'))
    .option('--all', 'also those that are well, however many they are')
    .action(async (flags: Flags) => {
      const api = await connect(flags, io);
      const answer = await api.call('GET', '/api/v1/health/deployments');
      if (flags.json === true) return io.out(`${JSON.stringify(answer, undefined, 2)}\n`);
      const view = { url: addressOf(flags, io), nowMs: systemClock.now(), paint: painter(io), columns: io.columns };
      io.out(describeStatus(answer, { ...view, all: flags.all === true }));
    });
}
