import type { DialectName } from '../../src/core/items.ts';
import { type FaultProxy, startFaultProxy } from '../kit/fault-proxy.ts';
import { type Document, type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import type { Script } from '../kit/model-script.ts';
import { type ScriptedUpstream, startUpstream } from '../kit/scripted-upstream.ts';
import { unknownHost, type WireFault } from '../kit/wire-faults.ts';

/** Both lanes that a Codex's request can take, by the dialect of the vendors that serve it. */
export type LaneTaken = 'express' | 'translate';

const vendorsOf: Readonly<Record<LaneTaken, { readonly dialect: DialectName; readonly kind: string }>> = {
  express: { dialect: 'responses', kind: 'openai' },
  translate: { dialect: 'messages', kind: 'anthropic' },
};

/** A model with two deployments, at the first of which something goes wrong. */
export interface FaultCase {
  readonly name: string;
  readonly lane: LaneTaken;
  /** What goes wrong there, or that its host does not exist. */
  readonly fault: WireFault | 'unknown host';
}

/** A gateway in front of vendors that speak by one script, each case with providers and a proxy of its own: whoever has failed one rests for the others. */
export interface FaultHouse {
  readonly gateway: GatewayProcess;
  /** The proxy before a case's first deployment. */
  proxyOf(name: string): FaultProxy | undefined;
  /** What vendors complained of. Empty when all is well. */
  complaints(): readonly string[];
  stop(): Promise<void>;
}

/** The name under which a case's model is asked for: Codex knows by its beginning what such a model can do. */
export const modelOf = (name: string) => `gpt-5.5-${name}`;

/** The providers of a case, in order. */
export const firstOf = (name: string) => `first-${name}`;
export const secondOf = (name: string) => `second-${name}`;

export async function startFaultHouse(
  script: Script,
  cases: readonly FaultCase[],
  more: Pick<Document, 'server' | 'failover'> = {},
): Promise<FaultHouse> {
  const start = (lane: LaneTaken) => startUpstream({ dialect: vendorsOf[lane].dialect, script, name: lane });
  const upstreams: Readonly<Record<LaneTaken, ScriptedUpstream>> = {
    express: await start('express'),
    translate: await start('translate'),
  };
  const proxies = new Map<string, FaultProxy>();
  const providers: NonNullable<Document['providers']> = {};
  const models: NonNullable<Document['models']> = {};
  for (const { name, lane, fault } of cases) {
    const target = upstreams[lane];
    const entry = (baseUrl: string) => ({
      kind: vendorsOf[lane].kind,
      base_url: baseUrl,
      keys: [{ value: 'env:UPSTREAM_KEY' }],
    });
    if (fault !== 'unknown host') proxies.set(name, await proxyWith(target, fault));
    providers[firstOf(name)] = entry(proxies.get(name)?.baseUrl ?? unknownHost);
    providers[secondOf(name)] = entry(target.baseUrl);
    models[modelOf(name)] = { targets: [`${firstOf(name)}/m`, `${secondOf(name)}/m`] };
  }
  const keys = [{ name: 'alice', value: 'env:ALICE_KEY' }];
  const document = { ...more, providers, models, virtual_keys: keys };
  const gateway = await startGateway(document, { UPSTREAM_KEY: 'sk-upstream-0123456789', ALICE_KEY: testKey });
  return {
    gateway,
    proxyOf: (name) => proxies.get(name),
    complaints: () => Object.values(upstreams).flatMap(({ complaints }) => complaints),
    async stop() {
      await gateway.stop();
      await Promise.all([...proxies.values()].map((proxy) => proxy.stop()));
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop()));
    },
  };
}

async function proxyWith(target: ScriptedUpstream, fault: WireFault): Promise<FaultProxy> {
  const proxy = await startFaultProxy({ target });
  await proxy.set(fault);
  return proxy;
}
