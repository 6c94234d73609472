import type { TargetGroup } from '../../src/config/deployment.ts';
import type { Clock } from '../../src/core/clock.ts';
import { createProvider } from '../../src/providers/create-provider.ts';
import type { Provider } from '../../src/providers/provider.ts';
import { vendors } from '../../src/providers/vendors.ts';
import type { Deployment } from '../../src/routing/plan.ts';

/** A clock that goes when the test says so. */
export interface VirtualClock extends Clock {
  pass(milliseconds: number): void;
  setTo(nowMs: number): void;
}

export function virtualClock(nowMs = 0): VirtualClock {
  let now = nowMs;
  return {
    now: () => now,
    monotonicMs: () => now,
    pass: (milliseconds) => void (now += milliseconds),
    setTo: (next) => void (now = next),
  };
}

interface Wanted {
  readonly provider?: string;
  readonly model?: string;
  readonly key?: string;
  readonly keyWeight?: number;
  readonly group?: TargetGroup;
  readonly weight?: number;
}

const known = new Map<string, Provider>();

/** A deployment by the names of its parts. The same name is the same provider. */
export function deploymentOf({
  provider: name = 'provider',
  model = 'm',
  key = '1',
  keyWeight,
  ...target
}: Wanted): Deployment {
  const provider = known.get(name) ?? providerOf(name);
  known.set(name, provider);
  const credential = { id: `${name}#${key}`, ...(keyWeight === undefined ? {} : { weight: keyWeight }) };
  return { provider, model, credential, ...target };
}

function providerOf(name: string): Provider {
  const vendor = vendors.get('openai');
  if (!vendor) throw new TypeError('no such vendor');
  return createProvider({ name, vendor, credentials: [{ id: `${name}#1` }] });
}
