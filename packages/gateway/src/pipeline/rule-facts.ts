import { likelyEstimate } from '../catalog/estimate.ts';
import type { Snapshot } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { dialects } from '../dialects/registry.ts';
import { declaredTools } from '../dialects/shared/tool-table.ts';
import type { Principal } from '../identity/principal.ts';
import { hashOf, unitOf } from '../routing/affinity.ts';
import type { Inspection, RuleFacts, RuleReach } from '../rules/facts.ts';
import { isHiddenHeader } from '../rules/hidden-headers.ts';
import { sessionOf } from './arrange.ts';
import type { Asked, Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { measureRequest } from './payment/request-size.ts';
import { readNeeds } from './read-needs.ts';
import type { RouteQuestion } from './route.ts';

type Now = Pick<Clock, 'now'>;

/** A request as the conditions of rules see it. Made for every request, so it does little. */
export function ruleFacts(question: RouteQuestion, clock: Now): RuleFacts {
  const { envelope, inbound, operation = 'answer' } = question;
  return factsOf(question, { operation, asked: envelope, reach: 'answer' }, () => ({
    ...outerInspection(question, clock),
    inputTokens: once(() => tokensOf(question)),
    tools: once(() => (readNeeds(envelope, inbound).has('tools') ? countTools(envelope) : 0)),
    hasImages: once(() => readNeeds(envelope, inbound).has('images')),
  }));
}

/** Another operation as the conditions of rules see it. What is in its body is not looked at, and often it passes without being held. */
export function passageFacts(request: Ruled, { operation, asked }: Omit<Wanted, 'reach'>, clock: Now): RuleFacts {
  const reach = asked.model === undefined ? 'account' : 'model';
  return factsOf(request, { operation, asked, reach }, () => ({
    ...outerInspection(request, clock),
    ...unknownInside,
  }));
}

/** A request of any kind, as far as rules see who makes it. */
export interface Ruled {
  readonly inbound: Inbound;
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  readonly budgetUsed?: number;
}

/** What it asks for. */
interface Wanted {
  readonly operation: string;
  readonly asked: Asked;
  readonly reach: RuleReach;
}

const unknownInside = { inputTokens: () => 0, tools: () => 0, hasImages: () => false };

function factsOf(request: Ruled, { operation, asked, reach }: Wanted, inspectionOf: () => Inspection): RuleFacts {
  const { inbound, principal, snapshot, budgetUsed } = request;
  const { key, user, team, organization, tags, metadata } = snapshot.rules.factsOfCaller(principal);
  let inspection: Inspection | undefined;
  return {
    reach,
    key,
    user,
    team,
    organization,
    tags,
    metadata,
    model: nameOf(asked.model, inbound.provider),
    agent: inbound.agent,
    agentRelease: inbound.agentRelease ?? '',
    kind: inbound.requestKind ?? (inbound.compacts === true ? 'compaction' : ''),
    operation,
    dialect: inbound.dialect,
    stream: asked.stream,
    session: inbound.session ?? inbound.thread ?? '',
    address: inbound.credentials.address ?? '',
    region: snapshot.region ?? '',
    inputBytes: asked.bodyBytes,
    budgetUsed,
    inspect: () => (inspection ??= inspectionOf()),
  };
}

function nameOf(model: string | undefined, provider: string | undefined): string {
  if (model === undefined) return '';
  return provider === undefined ? model : `${provider}/${model}`;
}

/** What is known without a look into the request. */
function outerInspection({ inbound, principal, snapshot }: Ruled, clock: Now) {
  return {
    now: once(() => snapshot.rules.momentOf(clock.now())),
    bucket: once(() => bucketOf(sessionOf(inbound, principal))),
    headers: once(() => shownHeaders(inbound)),
  };
}

function once<Value>(find: () => Value): () => Value {
  let found: { readonly value: Value } | undefined;
  return () => (found ??= { value: find() }).value;
}

const buckets = 100;
const bucketHash = hashOf('bucket of rules');

function bucketOf(session: string): number {
  return Math.floor(unitOf(hashOf(session), bucketHash) * buckets);
}

function shownHeaders({ headers }: Inbound): Readonly<Record<string, string>> {
  const shown = Object.entries(headers).filter(([name]) => !isHiddenHeader(name));
  return Object.fromEntries(
    shown.map(([name, value = '']) => [name, typeof value === 'string' ? value : value.join(', ')]),
  );
}

/** Those of a namespace one by one. */
function countTools(envelope: Envelope): number {
  const declared = declaredTools(envelope.canonical());
  return declared.reduce((sum, tool) => sum + (tool.type === 'namespace' ? tool.tools.length : 1), 0);
}

function tokensOf({ envelope, inbound }: RouteQuestion): number {
  const { size } = measureRequest(envelope.peek(), dialects[inbound.dialect]);
  return likelyEstimate({ size, facts: undefined, price: undefined }).inputTokens;
}
