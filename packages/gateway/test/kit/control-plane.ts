import type { AdminToken } from '../../src/config/admin-tokens.ts';
import type { Clock } from '../../src/core/clock.ts';
import { createIds } from '../../src/core/ids.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import { Secret } from '../../src/core/secret.ts';
import { createApp } from '../../src/control-plane/app.ts';
import { createOperators } from '../../src/control-plane/operators.ts';
import type { ControlPorts } from '../../src/control-plane/ports.ts';
import { createResourceService } from '../../src/control-plane/resources/resource-service.ts';
import { createDirectory } from '../../src/identity/directory.ts';
import { followStore } from '../../src/identity/follow-store.ts';
import { createRecordStore } from '../../src/store/record-store.ts';
import { createAuditLog } from '../../src/store/resources/audit-log.ts';
import { createResourceStore } from '../../src/store/resources/create-resource-store.ts';
import type { StoreDatabase } from '../../src/store/sql/open-database.ts';
import { onTestFinished } from 'vitest';
import { testHasher } from './identity.ts';
import { resourceChecks } from './resource-checks.ts';

/** Tokens of the kit's operators. */
export const adminToken = 'tp-admin-0123456789abcdef';
export const viewerToken = 'tp-viewer-0123456789abcdef';

const tokens: readonly AdminToken[] = [
  { name: 'ops', role: 'admin', value: new Secret(adminToken) },
  { name: 'eve', role: 'viewer', value: new Secret(viewerToken) },
];

/** A request as tests write it. */
export interface Ask {
  readonly body?: Json;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body as it is. */
  readonly raw?: string;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly body: JsonObject;
}

/** A control plane on a store, asked without a socket. Closed when the test is over. */
export interface ControlHouse {
  readonly ports: ControlPorts;
  /** The paths that it serves, as its router has them. */
  readonly served: readonly string[];
  ask(method: string, path: string, ask?: Ask): Promise<Answered>;
}

let millisecond = 1_800_000_000_000;
/** Time goes on by a millisecond at each look. */
export const steppingClock: Clock = { now: () => (millisecond += 1), monotonicMs: () => millisecond };

export async function openControlHouse(
  database: StoreDatabase,
  parts: Partial<ControlPorts> = {},
): Promise<ControlHouse> {
  const clock = steppingClock;
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const directory = createDirectory();
  const store = createResourceStore(database, clock.now);
  const following = await followStore(store, directory, log);
  const records = createRecordStore(database, log);
  onTestFinished(async () => {
    await records.close();
    await following.close();
  });
  const ports: ControlPorts = {
    directory,
    resources: createResourceService({
      directory,
      following,
      store,
      hasher: testHasher,
      clock,
      pricesOfFile: () => [],
      checks: resourceChecks,
      fileName: 'turnpike.yaml',
    }),
    store: { resources: store, audit: createAuditLog(database, clock.now), records },
    ledger: { standings: async () => [] },
    explain: () => Promise.reject(new Error('nobody explains here')),
    health: { startedAtMs: clock.now(), configurationVersion: () => 1, deployments: () => [] },
    operators: createOperators({ tokens: async () => tokens, clock, log }),
    clock,
    log,
    version: '0.0.0-test',
    newId: createIds(clock),
    addressOf: ({ socket }) => socket.remoteAddress,
    ...parts,
  };
  const app = createApp(ports);
  return {
    ports,
    served: app.routes.map(({ path }) => path),
    async ask(method, path, { body, raw, token = adminToken, headers = {} } = {}) {
      const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await app.request(
        path,
        {
          method,
          headers: {
            ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
            ...(text === undefined ? {} : { 'content-type': 'application/json' }),
            ...headers,
          },
          ...(text === undefined ? {} : { body: text }),
        },
        {},
      );
      const answer = await response.text();
      const parsed: JsonObject = answer.startsWith('{') ? JSON.parse(answer) : { text: answer };
      return { status: response.status, headers: response.headers, body: parsed };
    },
  };
}
