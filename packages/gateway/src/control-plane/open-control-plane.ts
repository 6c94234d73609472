import { stateChecker } from '../config/check-state.ts';
import { adminTokens } from '../config/admin-tokens.ts';
import { holdPriceBook } from '../config/hold-price-book.ts';
import type { Configuration } from '../config/load-configuration.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import type { ControlDoor } from '../data-plane/control-door.ts';
import type { Explain } from '../data-plane/explain/create-explainer.ts';
import type { ModelsDesk } from '../data-plane/models/models-desk.ts';
import type { Identity } from '../identity/open-identity.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Store } from '../store/open-store.ts';
import { createControlDoor } from './control-door.ts';
import { createKnownModels } from './litellm/known-models.ts';
import { createOperators } from './operators.ts';
import type { Arrived, HealthPort } from './ports.ts';
import { createResourceService } from './resources/resource-service.ts';

export interface ControlPlaneParts {
  readonly configuration: Configuration;
  snapshot(): Snapshot;
  readonly identity: Identity;
  /** Absent: there is nothing to manage. */
  readonly store: Store | undefined;
  readonly ledger: Ledger;
  /** Tells what callers may ask for. */
  readonly models: ModelsDesk;
  readonly health: HealthPort;
  /** Tells where a request would go. */
  readonly explain: Explain;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  newId(prefix: string): string;
  /** Where a request comes from. */
  addressOf(request: Arrived): string | undefined;
}

/** The sockets for people. Undefined where nothing is kept. */
export function openControlPlane(parts: ControlPlaneParts): ControlDoor | undefined {
  const { configuration, snapshot, identity, store, ledger, health, explain, clock, log, version, newId, addressOf } =
    parts;
  const { directory, hasher, following } = identity;
  if (!store || !following) return undefined;
  const resources = createResourceService({
    directory,
    following,
    store: store.resources,
    hasher,
    clock,
    pricesOfFile: () => snapshot().pricing.rules,
    checks: {
      checkNames: (names, tell) => snapshot().names.check(names, tell),
      checkRule: (rule, tell) => snapshot().ruleMaker.check(rule, tell),
      checkState: (state, tell) => stateChecker(snapshot(), clock.now())(state, tell),
    },
    fileName: configuration.file?.path ?? 'the start without a configuration file',
  });
  const { adminToken } = configuration;
  const operators = createOperators({
    tokens: () =>
      adminTokens({
        rules: () => snapshot().admin,
        ...(adminToken instanceof Secret ? { given: adminToken } : { path: adminToken?.path }),
      }),
    clock,
    log,
  });
  const ports = {
    directory,
    resources,
    store,
    ledger,
    health,
    explain,
    operators,
    clock,
    log,
    version,
    newId,
    addressOf,
  };
  const prices = holdPriceBook(directory);
  const models = createKnownModels({ desk: parts.models, snapshot, prices, clock });
  const liteLlm = { ...ports, hasher, identity: identity.authenticator, ...models };
  return createControlDoor(liteLlm, () => snapshot().admin.isOn);
}
