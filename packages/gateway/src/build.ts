import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { createCatalog } from './catalog/create-catalog.ts';
import type { EncryptionKeys } from './config/encryption-key.ts';
import type { Configuration, ConfigurationParts } from './config/load-configuration.ts';
import type { Flags } from './config/resolve-settings.ts';
import { holdLimitBook } from './config/hold-limit-book.ts';
import { holdPriceBook } from './config/hold-price-book.ts';
import { holdRules } from './config/hold-rules.ts';
import { nodeDelay } from './config/watch-files.ts';
import type { SnapshotHolder } from './config/snapshot-holder.ts';
import type { Clock } from './core/clock.ts';
import { createIds } from './core/ids.ts';
import type { Log } from './core/log.ts';
import { openControlPlane } from './control-plane/open-control-plane.ts';
import { ownUsage } from './control-plane/own-usage.ts';
import { callerAddress } from './data-plane/caller-address.ts';
import { createExplainer, type Explain } from './data-plane/explain/create-explainer.ts';
import { createModelsDesk } from './data-plane/models/models-desk.ts';
import { createDataPlane, type ServerPorts } from './data-plane/server.ts';
import { createWebSocketDoor, type WebSocketDoor } from './data-plane/websocket/door.ts';
import { openIdentity } from './identity/open-identity.ts';
import type { BudgetAlert } from './ledger/alerts.ts';
import { createLedger } from './ledger/ledger.ts';
import { createHealthChecks } from './pipeline/checks/health-checks.ts';
import type { ExchangePorts, Recorder } from './pipeline/exchange.ts';
import { createProvider } from './providers/create-provider.ts';
import { type DemoServer, startDemoServer } from './providers/demo/demo-server.ts';
import { vendors } from './providers/vendors.ts';
import { createFanOut } from './record/fan-out.ts';
import { createLogRecorder } from './record/log-recorder.ts';
import { createNoticeLog } from './record/notice-log.ts';
import { createMetrics } from './record/prometheus.ts';
import { changedSubjects, isCurrent, withKeyOf } from './routing/changed-subjects.ts';
import { createHealth } from './routing/health.ts';
import { createHealthLog } from './routing/health-log.ts';
import { holdAvailability } from './routing/hold-availability.ts';
import { createItineraries } from './routing/itineraries.ts';
import { createRetryBudget } from './routing/retry-budget.ts';
import { createRefusedSeals } from './routing/refused-seals.ts';
import { createSessionMemory } from './routing/session-memory.ts';
import { createVitals } from './routing/vitals.ts';
import { surveyDeployments } from './routing/survey.ts';
import { openCounters } from './store/open-counters.ts';
import { openStore, type Store } from './store/open-store.ts';
import { createAuthorizingUpstream } from './upstream/authorizing-upstream.ts';
import { createConfinedUpstream } from './upstream/confined-upstream.ts';
import { createJsonFetcher } from './upstream/fetch-json.ts';
import { createHttpUpstream } from './upstream/http-upstream.ts';
import type { Upstream } from './upstream/upstream.ts';
import { createWebSocketUpstream } from './upstream/websocket-upstream.ts';
import { createVault } from './vault/vault.ts';

/** What the process gives to the house. */
export interface ProcessParts {
  readonly flags: Flags;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly isTerminal: boolean;
  readonly clock: Clock;
}

/** The demo provider, started when a configuration first needs it. */
export interface LazyDemo {
  baseUrl(): Promise<string>;
  close(): Promise<void>;
}

export function createLazyDemo(): LazyDemo {
  let starting: Promise<DemoServer> | undefined;
  return {
    async baseUrl() {
      starting ??= startDemoServer();
      return (await starting).baseUrl;
    },
    async close() {
      if (starting) await (await starting).close();
    },
  };
}

/** What configurations are loaded with. */
export function configurationParts(parts: ProcessParts, demo: LazyDemo): ConfigurationParts {
  return { ...parts, vendors, createProvider, createCatalog, demoBaseUrl: demo.baseUrl };
}

export interface GatewayParts {
  readonly configuration: Configuration;
  readonly holder: SnapshotHolder;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** The program of the store's thread. Absent: records are not kept. */
  readonly threadFile?: URL;
  /** Another reader of records. */
  readonly recorder?: Recorder;
  /** A provider did not accept a key: looks whether it has another value by now. */
  readonly lookForKeys?: () => Promise<void>;
}

/** A gateway, not yet listening. */
export interface Gateway {
  readonly server: Server;
  /** Tells where a request would go, and sends nothing. */
  readonly explain: Explain;
  /** Ends gently: no new exchanges, running ones may finish within `graceMs`, then everything is closed and written. */
  close(graceMs: number): Promise<void>;
}

/** Puts the house together. It constructs everything and decides nothing. */
export async function buildGateway(parts: GatewayParts): Promise<Gateway> {
  const { configuration, holder, clock, log, version } = parts;
  const health = createHealth({
    clock,
    random: Math.random,
    isCurrent: (deployment) => isCurrent(deployment, holder.current()),
    onCredentialRefused: () => void parts.lookForKeys?.(),
    onNews: createHealthLog(log, clock),
  });
  holder.onReplace((next) => health.forget(changedSubjects(holder.current(), next)));
  const vitals = createVitals(clock);
  const survey = () =>
    surveyDeployments({
      snapshot: holder.current(),
      health,
      availability: availability(),
      vitals,
      nowMs: clock.now(),
    });
  const doors = createAuthorizingUpstream(createWebSocketUpstream(createHttpUpstream(), clock), clock);
  const upstream = createConfinedUpstream(doors, () => holder.current().network);
  const checks = createHealthChecks({ upstream, health, clock, random: Math.random, delay: nodeDelay });
  const metrics = createMetrics(version, { unwell: health.view, deployments: survey, checks: checks.made });
  const store = await storeOf(parts);
  const readers: Recorder[] = [metrics, createLogRecorder(log), createNoticeLog(log)];
  if (store) readers.push(store.records);
  if (parts.recorder) readers.push(parts.recorder);
  const identity = await identityOf(parts, upstream, store);
  const availability = holdAvailability(identity.directory);
  const newId = createIds(clock);
  const counters = await openCounters({
    ...countersOf(configuration),
    database: store?.database,
    replica: newId('replica_'),
    clock,
    log,
  }).catch(async (error: unknown) => {
    await identity.close();
    await store?.close();
    throw error;
  });
  const onAlert = (alert: BudgetAlert) => log.warn('a budget is nearly spent', fieldsOf(alert));
  const limits = holdLimitBook(identity.directory, () => holder.current().providers);
  const ledger = createLedger({ limits, counters, clock, newId, onAlert });
  const memory = createSessionMemory(clock);
  const exchangePorts: ExchangePorts = {
    snapshot: holdRules({ directory: identity.directory, current: holder.current, tell: log.warn }),
    health,
    onAttempt: health.begin,
    vitals,
    availability,
    memory,
    itineraries: createItineraries({ health, memory, vitals, clock }),
    retries: createRetryBudget(clock),
    renewKey: async (deployment) => {
      await parts.lookForKeys?.();
      return withKeyOf(holder.current(), deployment);
    },
    identity: identity.authenticator,
    ledger,
    prices: holdPriceBook(identity.directory),
    upstream,
    refusedSeals: createRefusedSeals(),
    vault: createVault(keysOf(configuration)),
    clock,
    recorder: createFanOut(readers, (error) => log.error('a record reader failed', { why: String(error) })),
    newId,
  };
  const models = createModelsDesk({ log, clock });
  const explain = createExplainer({ ...exchangePorts, directory: identity.directory });
  const control = openControlPlane({
    configuration,
    snapshot: holder.current,
    identity,
    store,
    ledger,
    models,
    health: {
      startedAtMs: clock.now(),
      configurationVersion: () => holder.current().version,
      deployments: survey,
    },
    explain,
    clock,
    log,
    version,
    newId,
    addressOf: (request) => callerAddress(request, holder.current().trustedProxies),
  });
  const usageParts = { directory: identity.directory, ledger, records: store?.records, clock };
  let ready = true;
  const ports: ServerPorts = {
    ...exchangePorts,
    log,
    version,
    ready: () => ready,
    metrics: metrics.expose,
    models,
    usageOf: (principal) => ownUsage(principal, usageParts),
    ...(control && { control }),
  };
  checks.follow(holder.current());
  holder.onReplace(checks.follow);
  const door = createWebSocketDoor(ports);
  const server = createDataPlane(ports, door.upgrade);
  const unused = watchUnused(server);
  return {
    server,
    explain,
    async close(graceMs) {
      ready = false;
      checks.close();
      await drain({ server, door, unused }, graceMs);
      await upstream.close();
      await counters.close();
      await identity.close();
      await store?.close();
    },
  };
}

function countersOf({ settings }: Configuration) {
  return { counters: settings.counters, allowanceNanoDollars: settings.unreachableAllowance };
}

function fieldsOf({ budgetId, owner, share, used, limit, unit }: BudgetAlert) {
  return { budget: budgetId, of: owner.name ?? owner.level, share, used: String(used), limit: String(limit), unit };
}

function keysOf({ encryptionKeys }: Configuration): EncryptionKeys {
  if (!encryptionKeys) throw new TypeError('a configuration that was only looked at cannot be served');
  return encryptionKeys;
}

/** Who there is. Follows the configuration as it changes. */
async function identityOf({ configuration, holder, clock, log }: GatewayParts, upstream: Upstream, store?: Store) {
  const identity = await openIdentity({
    encryptionKeys: keysOf(configuration),
    resources: holder.current().resources,
    feed: store?.resources,
    fetchJson: createJsonFetcher(upstream),
    clock,
    log,
  });
  holder.onReplace(({ resources }) => identity.replaceFile(resources));
  return identity;
}

function storeOf({ configuration, threadFile, clock, log }: GatewayParts): Promise<Store> | undefined {
  return threadFile && openStore(configuration.settings.store, { threadFile, clock, log });
}

/** How often connections are looked at that became idle while the gateway waits to end. */
const sweepMs = 50;

interface Drained {
  readonly server: Server;
  readonly door: WebSocketDoor;
  readonly unused: ReadonlySet<Socket>;
}

function drain({ server, door, unused }: Drained, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => {
      server.closeAllConnections();
      door.terminate();
    }, graceMs);
    // A client may keep its connection for minutes after its answer, which only this ends.
    const sweep = setInterval(() => server.closeIdleConnections(), sweepMs);
    server.close(() => {
      clearTimeout(impatience);
      clearInterval(sweep);
      resolve();
    });
    for (const socket of unused) socket.destroy();
    door.end();
  });
}

/** Connections on which nothing was ever asked, such as clients open in advance: Node does not count them as idle. */
function watchUnused(server: Server): ReadonlySet<Socket> {
  const unused = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.on('request', (request) => unused.delete(request.socket));
  server.on('upgrade', (request) => unused.delete(request.socket));
  return unused;
}
