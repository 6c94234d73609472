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
  stop(): Promise<void>;
}

/** The name under which a vendor's model is asked for, so that Codex speaks in this shape. */
export function modelName(shape: Shape, vendor: VendorName): string {
  return `${modelPrefix[shape]}-${vendor}`;
}

export async function startCodexHouse(script: Script, server: Document['server'] = {}): Promise<CodexHouse> {
  const vendors = await startVendors(script);
  const models: NonNullable<Document['models']> = {};
  for (const vendor of vendorNames) {
    const target = `${vendor}/${vendorEntries[vendor].model}`;
    for (const shape of shapes) models[modelName(shape, vendor)] = { targets: [target] };
  }
  const gateway = await startGateway(
    { server, providers: vendors.providers, models, virtual_keys: [{ name: 'alice', value: 'env:ALICE_KEY' }] },
    { UPSTREAM_KEY: upstreamKey, ALICE_KEY: testKey },
  );
  return {
    gateway,
    vendors,
    async stop() {
      await gateway.stop();
      await vendors.stop();
    },
  };
}
