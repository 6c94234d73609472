import type { ConfigDocument } from '@turnpike/contract/config';
import type { Catalog } from '../catalog/catalog.ts';
import type { FactsOverride } from '../catalog/create-catalog.ts';
import { addressRanges } from '../core/address-ranges.ts';
import { createMemo, createPairMemo } from '../core/memo.ts';
import type { Parameters } from '../core/parameters.ts';
import { buildAdminRules } from './admin-tokens.ts';
import { buildAliases } from './build-aliases.ts';
import { buildFailover } from './build-failover.ts';
import { buildPricing } from './build-pricing.ts';
import { buildProviders, type ProviderParts } from './build-providers.ts';
import { buildResources } from './build-resources.ts';
import { buildRules } from './build-rules.ts';
import { catalogOverrides } from './catalog-overrides.ts';
import { checkLabels } from './check-labels.ts';
import { checkNames } from './check-names.ts';
import { stateChecker } from './check-state.ts';
import type { Plan } from './deployment.ts';
import { createNameBook } from './name-book.ts';
import { networkRulesOf } from './network-rules-of.ts';
import type { Finding } from './problem.ts';
import type { Secrets } from './resolve-secrets.ts';
import type { Limits, Snapshot } from './snapshot.ts';
import { createRuleMaker } from './rule-maker.ts';
import { createSteered } from './steered.ts';

/** What the composition root lends to make a document into things that work. */
export interface SnapshotParts extends ProviderParts {
  readonly createCatalog: (overrides: readonly FactsOverride[]) => Catalog;
}

export interface SnapshotInput {
  readonly document: ConfigDocument;
  readonly secrets: Secrets;
  readonly version: number;
  /** Milliseconds since 1970, to tell of keys that have expired. */
  readonly nowMs: number;
}

/** Callers may invent models at providers that take any name. */
const mostPlans = 4096;

/** The document made ready for requests, and what there is to say about it. Not to be used if any finding is an error. */
export function buildSnapshot(input: SnapshotInput, parts: SnapshotParts): { snapshot: Snapshot; findings: Finding[] } {
  const { document, secrets, version, nowMs } = input;
  const findings: Finding[] = [];
  const tell = (finding: Finding): void => {
    findings.push(finding);
  };
  const providers = buildProviders(document, secrets, parts, tell);
  const aliases = buildAliases({ document, providers, tell });
  const catalog = parts.createCatalog(catalogOverrides(document));
  const names = createNameBook(document.models, { document, providers, catalog });
  checkNames({ document, providers, names, catalog, tell });
  checkLabels(document, tell);
  const ruleMaker = createRuleMaker({ document, names });
  const checks = {
    checkNames: names.check,
    checkRule: ruleMaker.check,
    checkState: stateChecker({ providers }, nowMs),
  };
  const resources = buildResources({ document, secrets, nowMs }, checks, tell);
  if (Object.keys(document.providers ?? {}).length === 0) {
    tell({ path: ['providers'], message: 'is empty, so nobody can answer', severity: 'warning' });
  }
  const snapshot = Object.freeze({
    version,
    providers,
    aliases,
    names,
    laid: createPairMemo<Plan, Parameters, Plan>(),
    plans: createMemo<Plan>(mostPlans),
    gaps: new WeakMap(),
    reaches: new WeakMap(),
    steered: createSteered(),
    rules: buildRules(resources, [], ruleMaker),
    ruleMaker,
    ...(document.region === undefined ? {} : { region: document.region }),
    ...(document.utility_model === undefined ? {} : { utilityModel: document.utility_model }),
    compaction: document.compaction,
    resources,
    admin: buildAdminRules(document, secrets, tell),
    trustedProxies: addressRanges(document.server.trusted_proxies),
    catalog,
    pricing: buildPricing(document, tell),
    limits: limitsOf(document),
    failover: buildFailover(document),
    network: networkRulesOf(document),
    routeHeader: document.server.route_header,
    websocket: document.server.websocket === 'on',
  });
  return { snapshot, findings };
}

function limitsOf({ server }: ConfigDocument): Limits {
  return Object.freeze({
    maxBodyBytes: server.max_body_bytes,
    maxUploadBytes: server.max_upload_bytes,
    connectTimeoutMs: server.connect_timeout_ms,
    headersTimeoutMs: server.headers_timeout_ms,
    idleTimeoutMs: server.idle_timeout_ms,
    keepaliveMs: server.keepalive_ms,
  });
}
