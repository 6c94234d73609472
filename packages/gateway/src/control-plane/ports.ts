import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Explain } from '../data-plane/explain/create-explainer.ts';
import type { Directory } from '../identity/directory.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { RecordStore } from '../store/record-store.ts';
import type { AuditLog } from '../store/resources/audit-log.ts';
import type { ResourceStore } from '../store/resources/resource-store.ts';
import type { Operators } from './operators.ts';
import type { ResourceService } from './resources/resource-service.ts';

/** As much of a request as tells where it comes from. */
export interface Arrived {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly socket: { readonly remoteAddress?: string | undefined };
}

/** A deployment and how it is. */
export interface DeploymentHealth {
  readonly provider: string;
  /** Absent: the key itself. */
  readonly model?: string;
  readonly credential: string;
  /** Names of the configuration that lead there. */
  readonly names: readonly string[];
  readonly state: 'ready' | 'recovering' | 'resting' | 'draining' | 'disabled';
  /** Of bad health. */
  readonly why?: string;
  /** An operator's words. */
  readonly reason?: string;
  /** Milliseconds since 1970. */
  readonly untilMs?: number;
  readonly failuresInARow: number;
  readonly inFlight?: number;
  readonly firstTokenMs?: number;
  readonly tokensPerSecond?: number;
}

/** How this process and what is behind it are. */
export interface HealthPort {
  /** Milliseconds since 1970. */
  readonly startedAtMs: number;
  configurationVersion(): number;
  deployments(): readonly DeploymentHealth[];
}

/** What the control plane works with. */
export interface ControlPorts {
  readonly directory: Directory;
  readonly resources: ResourceService;
  readonly store: {
    readonly resources: Pick<ResourceStore, 'getMany'>;
    readonly audit: Pick<AuditLog, 'list'>;
    readonly records: Pick<RecordStore, 'list' | 'totals' | 'flush'>;
  };
  readonly ledger: Pick<Ledger, 'standings'>;
  readonly health: HealthPort;
  readonly operators: Operators;
  /** Tells where a request would go. */
  readonly explain: Explain;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  newId(prefix: string): string;
  /** Where a request comes from. */
  addressOf(request: Arrived): string | undefined;
}
