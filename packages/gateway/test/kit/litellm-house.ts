import { expect, onTestFinished } from 'vitest';
import { createLiteLlmApp } from '../../src/control-plane/litellm/app.ts';
import type { KnownModel, LiteLlmPorts } from '../../src/control-plane/litellm/ports.ts';
import { createOperators } from '../../src/control-plane/operators.ts';
import { createResourceService } from '../../src/control-plane/resources/resource-service.ts';
import { holdLimitBook } from '../../src/config/hold-limit-book.ts';
import { createIds } from '../../src/core/ids.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.ts';
import { Secret } from '../../src/core/secret.ts';
import { createAuthenticator } from '../../src/identity/authenticate.ts';
import { createDirectory } from '../../src/identity/directory.ts';
import { followStore } from '../../src/identity/follow-store.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { createMemoryCounters } from '../../src/ledger/memory/memory-counters.ts';
import type { Payer } from '../../src/ledger/request.ts';
import { createRecordStore } from '../../src/store/record-store.ts';
import { createAuditLog } from '../../src/store/resources/audit-log.ts';
import { createResourceStore } from '../../src/store/resources/create-resource-store.ts';
import { openDatabase } from '../../src/store/sql/open-database.ts';
import { testHasher } from './identity.ts';
import { resourceChecks } from './resource-checks.ts';

export const adminToken = 'sk-admin-0123456789abcdef';

/** What a call of the management API is answered. */
export interface Answered {
  readonly status: number;
  readonly body: Json;
}

/** LiteLLM's management API over a store in memory. */
export interface LiteLlmHouse {
  readonly ports: LiteLlmPorts;
  readonly clock: { nowMs: number };
  /** Asks as an operator, unless another key is given. */
  ask(method: string, path: string, body?: unknown, key?: string): Promise<Answered>;
  /** The same for what must be answered with an object. */
  tell(method: string, path: string, body?: unknown): Promise<JsonObject>;
  /** Books money on a payer's budgets. */
  spend(payer: Payer, nanoDollars: bigint): Promise<void>;
}

/** A Saturday. */
export const startMs = Date.UTC(2026, 10, 21, 23);

export const testModels: readonly KnownModel[] = [
  {
    name: 'gpt-5.3-codex',
    provider: 'openai',
    model: 'gpt-5.3-codex',
    contextWindow: 400_000,
    maxOutputTokens: 128_000,
    tools: true,
    inputCostPerToken: 0.00000175,
    outputCostPerToken: 0.000014,
  },
];

export async function openLiteLlmHouse(): Promise<LiteLlmHouse> {
  const clock = { nowMs: startMs, now: () => clock.nowMs, monotonicMs: () => clock.nowMs };
  const log = {
    info: () => {},
    warn: () => {},
    error: (message: string, fields?: object) => expect.fail(`${message} ${JSON.stringify(fields)}`),
  };
  const newId = createIds(clock);
  const database = await openDatabase('sqlite::memory:', { onError: (error) => expect.fail(error.message) });
  const directory = createDirectory();
  const resources = createResourceStore(database, clock.now);
  const records = createRecordStore(database, log);
  const following = await followStore(resources, directory, log);
  onTestFinished(async () => {
    await following.close();
    await records.close();
    await database.close();
  });
  const none = new Map();
  const counters = createMemoryCounters({ nowMs: clock.nowMs });
  const ledger = createLedger({
    limits: holdLimitBook(directory, () => none),
    counters,
    clock,
    newId,
    onAlert: () => {},
  });
  const tokens = async () => [
    { name: 'ops', role: 'admin' as const, value: new Secret(adminToken) },
    { name: 'watcher', role: 'viewer' as const, value: new Secret('sk-viewer-0123456789abcdef') },
  ];
  const ports: LiteLlmPorts = {
    directory,
    resources: createResourceService({
      directory,
      following,
      store: resources,
      hasher: testHasher,
      clock,
      pricesOfFile: () => [],
      checks: resourceChecks,
      fileName: 'turnpike.yaml',
    }),
    store: { resources, records, audit: createAuditLog(database, clock.now) },
    ledger,
    health: { startedAtMs: 0, configurationVersion: () => 1, deployments: () => [] },
    explain: () => Promise.reject(new Error('nobody explains here')),
    operators: createOperators({ tokens, clock, log }),
    clock,
    log,
    version: '0.0.0-test',
    newId,
    addressOf: () => '127.0.0.1',
    hasher: testHasher,
    identity: createAuthenticator({ directory, hasher: testHasher, clock }),
    models: async () => testModels,
    model: (name) => testModels.find((each) => each.name === name),
  };
  const app = createLiteLlmApp(ports);

  async function ask(method: string, path: string, body?: unknown, key = adminToken): Promise<Answered> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await app.request(`http://gateway${path}`, {
      method,
      // What curl calls a body that it is given with -d.
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-www-form-urlencoded' },
      ...(body === undefined ? {} : { body: text ?? '' }),
    });
    return { status: response.status, body: JSON.parse(await response.text()) };
  }

  return {
    ports,
    clock,
    ask,
    async tell(method, path, body) {
      const { status, body: answer } = await ask(method, path, body);
      if (status !== 200 || !isJsonObject(answer))
        expect.fail(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
      return answer;
    },
    async spend(payer, nanoDollars) {
      const tab = ledger.open({ payer, exchangeId: newId('ex_') });
      const cost = { nanoDollars, inputTokens: 1, outputTokens: 1 };
      const place = { provider: 'openai', model: 'gpt-5.3-codex' };
      const reserved = await tab.reserve({ modelAsked: 'gpt-5.3-codex', place, estimate: cost });
      if (reserved.refused) expect.fail('there was no room');
      await tab.close({ ...cost, estimated: false });
    },
  };
}

/** Text in an answer. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : expect.fail(`${JSON.stringify(value)} is no text`);
}
