import type { ClientDialectName } from '../../src/core/items.ts';
import { type FaultyUpstream, type Fault, faults, startFaultyUpstream } from '../kit/faulty-upstream.ts';
import { type Document, type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';

export const dialectNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];

const kinds: Readonly<Record<ClientDialectName, string>> = {
  responses: 'openai',
  chat: 'openai-compatible',
  messages: 'anthropic',
  gemini: 'gemini',
};

/** A gateway in front of providers with every fault in every dialect. */
export interface FaultyHouse {
  readonly gateway: GatewayProcess;
  readonly upstreams: Readonly<Record<ClientDialectName, FaultyUpstream>>;
  stop(): Promise<void>;
}

/** The name of a model that one faulty provider serves alone. */
export function alone(fault: Fault | 'healthy', dialect: ClientDialectName): string {
  return `${fault}.${dialect}`;
}

/** The name of a model that a healthy provider serves, too. One for each dialect that asks, because whoever has failed one rests for the others. */
export function rescued(fault: Fault, dialect: ClientDialectName, client: ClientDialectName): string {
  return `${fault}.${dialect}.rescued-for-${client}`;
}

export async function startFaultyHouse(server: NonNullable<Document['server']>): Promise<FaultyHouse> {
  const upstreams = {
    responses: await startFaultyUpstream('responses'),
    chat: await startFaultyUpstream('chat'),
    messages: await startFaultyUpstream('messages'),
    gemini: await startFaultyUpstream('gemini'),
  };
  const providers: NonNullable<Document['providers']> = {};
  const models: NonNullable<Document['models']> = {};
  for (const dialect of dialectNames) {
    for (const fault of [...faults, 'healthy'] as const) {
      const name = alone(fault, dialect);
      const provider = {
        kind: kinds[dialect],
        base_url: upstreams[dialect].baseUrl(fault),
        keys: [{ value: 'env:UPSTREAM_KEY' }],
        speaks: [dialect],
      };
      providers[name] = provider;
      models[name] = { targets: [`${name}/model`] };
      if (fault === 'healthy') continue;
      for (const client of dialectNames) {
        const first = rescued(fault, dialect, client);
        providers[first] = provider;
        models[first] = { targets: [`${first}/model`], fallbacks: [`${alone('healthy', dialect)}/model`] };
      }
    }
  }
  const gateway = await startGateway(
    { server, providers, models, virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }] },
    { UPSTREAM_KEY: 'sk-upstream', ALICE_KEY: testKey },
  );
  return {
    gateway,
    upstreams,
    async stop() {
      await gateway.stop();
      await Promise.all(dialectNames.map((dialect) => upstreams[dialect].stop()));
    },
  };
}
