import { type Document, type GatewayProcess, startGateway, testKey } from '../kit/gateway-process.ts';
import type { Script } from '../kit/model-script.ts';
import { startVendors, upstreamKey, vendorEntries, type VendorName, type VendorsBehind } from './vendors-behind.ts';

/** The gateway in front of every vendor, for agents that ask for `provider/model`. */
export interface AgentHouse {
  readonly gateway: GatewayProcess;
  readonly vendors: VendorsBehind;
  stop(): Promise<void>;
}

/** A key that may use no model of theirs. */
export const narrowKey = 'vk-narrow-0123456789abcdef';

/** The name under which a vendor's model is asked for. */
export function modelAt(vendor: VendorName): string {
  return `${vendor}/${vendorEntries[vendor].model}`;
}

export async function startAgentHouse(script: Script, models: Document['models'] = {}): Promise<AgentHouse> {
  const vendors = await startVendors(script);
  const gateway = await startGateway(
    {
      providers: vendors.providers,
      models,
      // Titles and the like, for which some agents ask for models of their own.
      utility_model: modelAt('qwen'),
      virtual_keys: [
        { name: 'alice', value: 'env:ALICE_KEY' },
        { name: 'narrow', value: narrowKey, models: ['other/*'] },
      ],
    },
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
