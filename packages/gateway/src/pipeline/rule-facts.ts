import { likelyEstimate } from '../catalog/estimate.ts';
import type { Clock } from '../core/clock.ts';
import { dialects } from '../dialects/registry.ts';
import { declaredTools } from '../dialects/shared/tool-table.ts';
import { hashOf, unitOf } from '../routing/affinity.ts';
import type { Inspection, RuleFacts } from '../rules/facts.ts';
import { isHiddenHeader } from '../rules/hidden-headers.ts';
import { sessionOf } from './arrange.ts';
import type { Envelope } from './envelope.ts';
import type { Inbound } from './inbound.ts';
import { measureRequest } from './payment/request-size.ts';
import { readNeeds } from './read-needs.ts';
import type { RouteQuestion } from './route.ts';

/** A request as the conditions of rules see it. Made for every request, so it does little. */
export function ruleFacts(question: RouteQuestion, clock: Pick<Clock, 'now'>): RuleFacts {
  const { inbound, envelope, principal, snapshot, budgetUsed } = question;
  const { key, user, team, organization, tags, metadata } = snapshot.rules.factsOfCaller(principal);
  let inspection: Inspection | undefined;
  return {
    key,
    user,
    team,
    organization,
    tags,
    metadata,
    model: inbound.provider === undefined ? envelope.model : `${inbound.provider}/${envelope.model}`,
    agent: inbound.agent,
    agentRelease: inbound.agentRelease ?? '',
    kind: inbound.requestKind ?? (inbound.compacts === true ? 'compaction' : ''),
    dialect: inbound.dialect,
    stream: envelope.stream,
    session: inbound.session ?? inbound.thread ?? '',
    address: inbound.credentials.address ?? '',
    region: snapshot.region ?? '',
    inputBytes: envelope.bodyBytes,
    budgetUsed,
    inspect: () => (inspection ??= inspectionOf(question, clock)),
  };
}

function inspectionOf(question: RouteQuestion, clock: Pick<Clock, 'now'>): Inspection {
  const { inbound, envelope, principal, snapshot } = question;
  return {
    now: once(() => snapshot.rules.momentOf(clock.now())),
    bucket: once(() => bucketOf(sessionOf(inbound, principal))),
    headers: once(() => shownHeaders(inbound)),
    inputTokens: once(() => tokensOf(question)),
    tools: once(() => (readNeeds(envelope, inbound).has('tools') ? countTools(envelope) : 0)),
    hasImages: once(() => readNeeds(envelope, inbound).has('images')),
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
