// `npm start [-- flags]`: installs, builds and runs the gateway in the directory it was called from.
import { spawn } from 'node:child_process';
import { build, install, program } from './prepare.mjs';

install();
build();

const [first, ...rest] = process.argv.slice(2);
const isCommand = first !== undefined && !first.startsWith('-');
const args = isCommand ? [first, ...rest] : ['serve', ...process.argv.slice(2)];
const gateway = spawn(process.execPath, [program, ...args], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});

// The gateway ends itself on these; this process only has to outlive it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => gateway.kill(signal));
gateway.on('exit', (code, signal) => process.exit(signal ? 0 : (code ?? 1)));
