import { Counter, Gauge, type Registry } from 'prom-client';

/** What routing knows of how deployments are, as far as metrics tell it. */
export interface HealthView {
  /** Everything that has failed lately. */
  unwell(): readonly Unwell[];
  /** Deployments of the configuration. */
  deployments(): readonly DeploymentState[];
  /** Checks that were made, by how they ended, since the start. */
  checks(): readonly ChecksMade[];
}

/** What routing knows to be not well. Models are left out: callers can invent them. */
export interface Unwell {
  readonly scope: string;
  readonly provider: string;
  readonly state: string;
  /** Absent: it has failed, but is well. */
  readonly why?: string;
}

interface DeploymentState {
  readonly provider: string;
  readonly model?: string;
  readonly credential: string;
  /** Names of the configuration that lead there. */
  readonly names: readonly string[];
  readonly state: string;
  /** Requests that run there. */
  readonly inFlight?: number;
}

interface ChecksMade {
  readonly provider: string;
  readonly result: string;
  readonly count: number;
}

/** More series than this nobody wants of one gauge. */
const maxDeployments = 2_000;

/** Adds what is known of deployments' health. It is asked for at each scrape. */
export function addHealthMetrics(registry: Registry, view: HealthView): void {
  const unwell = new Gauge({
    name: 'turnpike_unwell',
    help: 'Keys, deployments, places and providers that rest or recover after failures.',
    labelNames: ['scope', 'provider', 'state', 'why'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { scope, provider, state, why } of view.unwell())
        if (why !== undefined) this.inc({ scope, provider, state, why });
    },
  });
  const states = new Gauge({
    name: 'turnpike_deployment_state',
    help: 'Deployments of the configuration: 1 with the state in which each is now (ready, recovering, resting, draining, disabled).',
    labelNames: ['provider', 'model', 'credential', 'state'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { provider, model = '', credential, state } of configured(view.deployments()))
        this.set({ provider, model, credential, state }, 1);
    },
  });
  const running = new Gauge({
    name: 'turnpike_deployment_in_flight',
    help: 'Requests that run at each deployment of the configuration.',
    labelNames: ['provider', 'model', 'credential'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { provider, model = '', credential, inFlight = 0 } of configured(view.deployments()))
        this.set({ provider, model, credential }, inFlight);
    },
  });
  const checks = new Counter({
    name: 'turnpike_health_checks_total',
    help: 'Health checks of providers that are configured to be checked, by how they ended.',
    labelNames: ['provider', 'result'] as const,
    registers: [],
    collect() {
      this.reset();
      for (const { provider, result, count } of view.checks()) this.inc({ provider, result }, count);
    },
  });
  for (const metric of [unwell, states, running, checks]) registry.registerMetric(metric);
}

/** Callers can invent models, so that of what no name leads to there are only the bare keys. */
function configured(all: readonly DeploymentState[]): readonly DeploymentState[] {
  return all.filter(({ names, model }) => names.length > 0 || model === undefined).slice(0, maxDeployments);
}
