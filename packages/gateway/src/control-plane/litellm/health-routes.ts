import { notSupported } from './failure.ts';
import type { LiteLlmRoute, LiteLlmTools } from './route.ts';

/** `/health/*` beside the gateway's own `/health` and `/ready`. */
export function healthRoutes({ version }: LiteLlmTools): readonly LiteLlmRoute[] {
  const open = { method: 'GET', permission: 'open' } as const;
  const alive = async () => "I'm alive!";
  const ready = async () => ({
    status: 'healthy',
    db: 'connected',
    cache: null,
    turnpike_version: version,
    success_callbacks: [],
  });
  return [
    { ...open, path: '/health/liveliness', handle: alive },
    { ...open, path: '/health/liveness', handle: alive },
    { ...open, path: '/health/readiness', handle: ready },
    { method: 'GET', permission: 'resources:read', path: '/health/services', handle: refuseServices },
  ];
}

async function refuseServices(): Promise<never> {
  throw notSupported('Sending test alerts to services', 'Look at the log and at /metrics.');
}
