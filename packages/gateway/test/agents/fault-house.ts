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

/** A model with deployments at which something goes wrong, one after the other, and a last one where all is well. */
export interface FaultCase {
  readonly name: string;
  readonly lane: LaneTaken;
  /** What goes wrong at the first, or that its host does not exist; and at the second, if there are three. */
  readonly fault: WireFault | 'unknown host';
  readonly secondFault?: WireFault;
}

/** A gateway in front of vendors that speak by one script, each case with providers and a proxy of its own: whoever has failed one rests for the others. */
export interface FaultHouse {
  readonly gateway: GatewayProcess;
  /** What vendors complained of. Empty when all is well. */
  complaints(): readonly string[];
  stop(): Promise<void>;
}

/** The name under which a case's model is asked for: Codex knows by its beginning what such a model can do. */
export const modelOf = (name: string) => `gpt-5.5-${name}`;

/** The provider of a case at which something goes wrong, by its place in the order, and the one where all is well. */
export const brokenOf = (name: string, place = 0) => `broken-${place}-${name}`;
export const wellOf = (name: string) => `well-${name}`;

const keys = [{ value: 'env:UPSTREAM_KEY' }];

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
  const proxies: FaultProxy[] = [];
  const providers: NonNullable<Document['providers']> = {};
  const models: NonNullable<Document['models']> = {};

  async function proxyTo(target: ScriptedUpstream, fault: WireFault): Promise<FaultProxy> {
    const proxy = await startFaultProxy({ target });
    proxies.push(proxy);
    await proxy.set(fault);
    return proxy;
  }

  for (const { name, lane, fault, secondFault } of cases) {
    const target = upstreams[lane];
    const kind = vendorsOf[lane].kind;
    const faults = [fault, ...(secondFault ? [secondFault] : [])];
    for (const [place, each] of faults.entries()) {
      const baseUrl = each === 'unknown host' ? unknownHost : (await proxyTo(target, each)).baseUrl;
      providers[brokenOf(name, place)] = { kind, base_url: baseUrl, keys };
    }
    providers[wellOf(name)] = { kind, base_url: target.baseUrl, keys };
    const order = [...faults.map((_, place) => brokenOf(name, place)), wellOf(name)];
    models[modelOf(name)] = { targets: order.map((provider) => `${provider}/m`) };
  }
  const document = { ...more, providers, models, virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }] };
  const gateway = await startGateway(document, { UPSTREAM_KEY: 'sk-upstream-0123456789', ALICE_KEY: testKey });
  return {
    gateway,
    complaints: () => Object.values(upstreams).flatMap(({ complaints }) => complaints),
    async stop() {
      await gateway.stop();
      await Promise.all(proxies.map((proxy) => proxy.stop()));
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop()));
    },
  };
}
