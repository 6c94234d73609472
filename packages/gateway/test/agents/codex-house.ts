import { type Document, type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import type { Script } from '../kit/model-script.ts';
import { modelPrefix, type Shape, shapes } from './codex-session.ts';
import {
  startVendors,
  upstreamKey,
  vendorEntries,
  type VendorName,
  vendorNames,
  type VendorsBehind,
} from './vendors-behind.ts';

/** The gateway in front of every vendor. */
export interface CodexHouse {
  readonly gateway: GatewayProcess;
  readonly vendors: VendorsBehind;
  /** Lets a model's name lead to another vendor, from the next request on. */
  lead(model: string, vendor: VendorName): Promise<void>;
  stop(): Promise<void>;
}

/** The name under which a vendor's model is asked for, so that Codex speaks in this shape. */
export function modelName(shape: Shape, vendor: VendorName): string {
  return `${modelPrefix[shape]}-${vendor}`;
}

export async function startCodexHouse(
  script: Script,
  server: Document['server'] = {},
  rules: Document['rules'] = [],
): Promise<CodexHouse> {
  const vendors = await startVendors(script);
  const models: NonNullable<Document['models']> = {};
  const targetsAt = (vendor: VendorName) => [`${vendor}/${vendorEntries[vendor].model}`];
  for (const vendor of vendorNames) {
    for (const shape of shapes) models[modelName(shape, vendor)] = { targets: targetsAt(vendor) };
  }
  const keys = [{ name: 'alice', value: 'env:ALICE_KEY' }];
  const document = { server, providers: vendors.providers, models, virtual_keys: keys, rules };
  const gateway = await startGateway(document, { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey });
  return {
    gateway,
    vendors,
    async lead(model, vendor) {
      models[model] = { targets: targetsAt(vendor) };
      await gateway.configure(document);
    },
    async stop() {
      await gateway.stop();
      await vendors.stop();
    },
  };
}
