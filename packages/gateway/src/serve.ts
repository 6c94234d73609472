import type { AddressInfo } from 'node:net';
import {
  buildGateway,
  configurationParts,
  createLazyDemo,
  type Gateway,
  type LazyDemo,
  type ProcessParts,
} from './build.ts';
import { type Configuration, type ConfigurationResult, loadConfiguration } from './config/load-configuration.ts';
import { formatProblem, type Problem } from './config/problem.ts';
import { createSnapshotHolder } from './config/snapshot-holder.ts';
import { type ConfigEvent, type ConfigWatch, watchConfig } from './config/watch-config.ts';
import type { Clock } from './core/clock.ts';
import type { Log } from './core/log.ts';
import { createLog } from './record/write-log.ts';
import { shownStore } from './store/sql/postgres-url.ts';
import { version } from './version.ts';
import { welcome } from './welcome.ts';

/** How long running exchanges may take to finish once the process was asked to end. */
const graceMs = 30_000;

/** Runs the gateway until a signal ends it. */
export async function serve(parts: ProcessParts): Promise<void> {
  const demo = createLazyDemo();
  try {
    await run(parts, demo);
  } finally {
    // A server of its own: left open, it would keep the process from ending.
    await demo.close();
  }
}

async function run(parts: ProcessParts, demo: LazyDemo): Promise<void> {
  const load = configurationParts(parts, demo);
  const loaded = await loadConfiguration(load, { version: 1 });
  if (!loaded.ok) return giveUp(loaded.problems.map(formatProblem));
  const { configuration } = loaded;
  const { settings } = configuration;
  const log = createLog({ ...settings.log, clock: parts.clock, write: (line) => void process.stdout.write(line) });
  for (const warning of configuration.warnings) log.warn(formatProblem(warning));

  const holder = createSnapshotHolder(configuration.snapshot);
  let watch: ConfigWatch | undefined;
  const gateway = await buildGateway({
    configuration,
    holder,
    clock: parts.clock,
    log,
    version,
    threadFile: new URL('store-thread.js', import.meta.url),
    lookForKeys: async () => watch?.check(),
  }).catch(asError);
  if (gateway instanceof Error)
    return giveUp([`Cannot open the store ${shownStore(settings.store)}: ${gateway.message}`]);
  // Before the first request, which may meet a key that was replaced since it was read.
  watch = await watchConfig({
    ...fileOf(loaded),
    load: (next) => loadConfiguration(load, { version: next }),
    holder,
    running: settings,
    onEvent: (event) => tell(event, log),
  });
  process.on('SIGHUP', () => void watch?.reload());
  // From the moment it can be reached, a signal must end it gently.
  const signalled = endOnSignal(log, parts.clock);
  const address = await listen(gateway, settings.host, settings.port);
  if (address instanceof Error) {
    watch.close();
    await gateway.close(0);
    return giveUp([cannotListen(address, settings.host, settings.port)]);
  }
  const url = urlOf(address);
  log.info(`listening on ${url}`, { version, startup_ms: Math.round(process.uptime() * 1000) });
  if (parts.isTerminal || isFirstStart(configuration)) process.stdout.write(welcome(url, configuration));
  await signalled;
  watch.close();
  await gateway.close(graceMs);
  log.info('ended');
}

/** Something was made that is shown this once. */
function isFirstStart({ generatedKey, adminToken }: Configuration): boolean {
  return generatedKey?.isNew === true || (adminToken !== undefined && 'isNew' in adminToken && adminToken.isNew);
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

function fileOf({ configuration: { file, text }, secretFiles }: Loaded) {
  return {
    ...(file ? { file: file.path } : {}),
    ...(text === undefined ? {} : { loadedText: text }),
    ...(secretFiles ? { secretFiles } : {}),
  };
}

type Loaded = Extract<ConfigurationResult, { readonly ok: true }>;

function listen({ server }: Gateway, host: string, port: number): Promise<AddressInfo | Error> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(port, host, () => {
      server.off('error', resolve);
      const address = server.address();
      resolve(typeof address === 'object' && address ? address : new Error('the socket has no address'));
    });
  });
}

function cannotListen(error: Error, host: string, port: number): string {
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  return taken
    ? `Port ${port} on ${host} is taken. Stop what listens there, or choose another with --port (0 lets the system choose).`
    : `Cannot listen on ${host}:${port}: ${error.message}`;
}

function urlOf({ address, family, port }: AddressInfo): string {
  const everywhere = address === '0.0.0.0' || address === '::';
  const host = everywhere ? 'localhost' : family === 'IPv6' ? `[${address}]` : address;
  return `http://${host}:${port}`;
}

function giveUp(lines: readonly string[]): void {
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = 1;
}

function tell(event: ConfigEvent, log: Log): void {
  switch (event.type) {
    case 'config-replaced':
      for (const warning of event.configuration.warnings) log.warn(formatProblem(warning));
      log.info('configuration replaced', {
        changed: event.changed.join(', ') || undefined,
        waits_for_restart: event.waiting.join(', ') || undefined,
      });
      return;
    case 'config-rejected':
      log.error('the changed configuration is not good, the old one stays');
      for (const line of errorsFirst(event.problems)) log.error(line);
      return;
    case 'watch-failed':
      log.warn('a file of the configuration cannot be watched; send SIGHUP after a change', { why: event.reason });
  }
}

function errorsFirst(problems: readonly Problem[]): readonly string[] {
  return problems.filter((problem) => problem.severity === 'error').map(formatProblem);
}

/** Signals closer together than this are one: Ctrl-C comes from the terminal and once more from each process that started this one. */
const sameSignalMs = 1_000;

/** Resolves at the first SIGINT or SIGTERM; a second one ends the process on the spot. */
function endOnSignal(log: Log, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    let firstMs: number | undefined;
    // Listened to without a gap: a signal that nobody listens to ends the process.
    const onSignal = (signal: string) => {
      const nowMs = clock.monotonicMs();
      if (firstMs !== undefined && nowMs - firstMs > sameSignalMs) process.exit(130);
      if (firstMs !== undefined) return;
      firstMs = nowMs;
      log.info('ending: running requests may finish', { signal });
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
