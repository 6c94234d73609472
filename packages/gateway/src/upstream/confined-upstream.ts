import { hostOf, mustBeInside, type NetworkRules } from '../providers/network-rules.ts';
import type { Upstream } from './upstream.ts';

/** Keeps every call inside as far as the rules of the moment want it. What is inside may be private. */
export function createConfinedUpstream(inner: Upstream, rules: () => NetworkRules): Upstream {
  return {
    call(call) {
      const now = rules();
      if (!now.insideOnly || !mustBeInside(hostOf(new URL(call.origin)), now)) return inner.call(call);
      return inner.call({ ...call, allowPrivate: true, insideOnly: true });
    },
    close: () => inner.close(),
  };
}
