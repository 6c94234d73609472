import type { AttemptRecord, ExchangeRecord, LossRecord, SkippedRecord } from '@turnpike/contract/exchange-record';
import type { ForeseenAttempt, RouteExplanation } from '@turnpike/contract/route-explanation';
import type { RouteRecord } from '@turnpike/contract/route-record';
import { excludedRows, type Story, type StoryRow } from './route-story.ts';

/** What would become of a request. */
export function storyOfExplanation(explanation: RouteExplanation): Story {
  const { request, caller, route, attempts, skipped, outcome, shadowed = [], waitsMs } = explanation;
  const isChosen = (each: ForeseenAttempt) => outcome.result === 'sent' && isSame(each, outcome);
  return {
    asked: request.model ?? 'a request',
    about: [
      caller ? whoAsks(caller) : 'asked by somebody who may not',
      words(kindOf(request), sessionOf(request), sizeOf(explanation)),
    ],
    route,
    rows: [
      ...attempts.map((each, index) => foreseenRow(each, index + 1, isChosen(each))),
      ...excludedRows(route?.excluded),
    ],
    notes: [
      ...moreNotes(explanation.attemptsMore, route),
      ...(skipped.length === 0 ? [] : [skippedNote(skipped)]),
      ...(shadowed.length === 0 ? [] : [`limits in shadow mode that would refuse it: ${shadowed.join(', ')}`]),
      ...(waitsMs === undefined ? [] : [`it would wait about ${seconds(waitsMs)} for room under a rate limit`]),
    ],
    end: endOf(outcome, attempts),
  };
}

/** What has become of a request. */
export function storyOfRecord(record: ExchangeRecord): Story {
  const { route, attempts, skipped = [], losses, failure } = record;
  const last = attempts.at(-1);
  const duration = seconds(record.durationMs);
  return {
    asked: record.modelAsked ?? record.operation ?? 'a request',
    about: [
      whoAsks({ ...record, name: record.key ?? 'nobody known' }),
      words(kindOf(record), sessionOf(record), `at ${new Date(record.startedAt).toISOString()}`, record.id),
    ],
    route,
    rows: [
      ...attempts.map((each, index) => attemptRow(each, index + 1, each === last ? losses : [])),
      ...excludedRows(route?.excluded),
    ],
    notes: [
      ...moreNotes(undefined, route),
      ...(skipped.length === 0 ? [] : [skippedNote(skipped)]),
      ...(route && route.order.length > attempts.length ? [`the order was: ${route.order.join(', ')}`] : []),
    ],
    end: failure
      ? {
          good: false,
          text: `${record.outcome} after ${duration} (${record.status} ${failure.code}): ${failure.message}`,
        }
      : {
          good: true,
          text: `${record.provider ?? 'the gateway'}/${record.model ?? ''} answered: ${record.outcome} after ${duration}`,
        },
  };
}

interface Place {
  readonly provider: string;
  readonly model: string;
  readonly credential: string;
}

function isSame(one: Place, other: Place): boolean {
  return one.provider === other.provider && one.model === other.model && one.credential === other.credential;
}

function placeText({ provider, model }: Place): string {
  return `${provider}/${model}`;
}

function foreseenRow(attempt: ForeseenAttempt, number: number, chosen: boolean): StoryRow {
  const { lane, losses = [], cost, maxOutputTokens, failure, credential } = attempt;
  const likely = cost?.likelyNanoDollars;
  return {
    number,
    good: failure === undefined,
    chosen,
    place: placeText(attempt),
    key: credential,
    facts: [
      ...healthFacts(attempt),
      ...(lane === undefined ? [] : [lane]),
      ...(failure ? [] : [likely === undefined ? 'price unknown' : `about ${dollars(likely)}`]),
      ...(maxOutputTokens === undefined ? [] : [`answer cut to ${count(maxOutputTokens)} tokens by a budget`]),
      ...lossFacts(losses),
    ],
    ...(failure ? { why: failure.message } : {}),
  };
}

function attemptRow(attempt: AttemptRecord, number: number, losses: readonly LossRecord[]): StoryRow {
  const { lane, startedMs, durationMs, upstreamStatus, failure, credential } = attempt;
  return {
    number,
    good: failure === undefined,
    chosen: failure === undefined,
    place: placeText(attempt),
    key: credential,
    facts: [
      ...(lane === undefined ? [] : [lane]),
      `after ${seconds(startedMs)}, took ${seconds(durationMs)}`,
      ...(upstreamStatus === undefined ? [] : [`status ${upstreamStatus}`]),
      ...lossFacts(losses),
    ],
    ...(failure ? { why: failure.message } : {}),
  };
}

function healthFacts({ health }: ForeseenAttempt): readonly string[] {
  if (!health) return [];
  const until =
    health.untilMs === undefined ? '' : ` until ${new Date(health.untilMs).toISOString().slice(11, 19)} UTC`;
  return [`${health.state}${until} (${health.why})`];
}

function lossFacts(losses: readonly LossRecord[]): readonly string[] {
  return losses.length === 0 ? [] : [`loses ${[...new Set(losses.map(({ what }) => what))].join(', ')}`];
}

function endOf(outcome: RouteExplanation['outcome'], attempts: readonly ForeseenAttempt[]): Story['end'] {
  if (outcome.result === 'refused') {
    return { good: false, text: `refused (${outcome.status} ${outcome.code}): ${outcome.message}` };
  }
  const chosen = attempts.findIndex((each) => isSame(each, outcome));
  const [fallback] = attempts.slice(chosen + 1).filter(({ failure }) => !failure);
  const then = fallback ? `, and if it fails to ${placeText(fallback)} with ${fallback.credential}` : '';
  return { good: true, text: `goes to ${placeText(outcome)} with ${outcome.credential}${then}` };
}

function whoAsks(caller: {
  readonly name: string;
  readonly user?: string;
  readonly team?: string;
  readonly organization?: string;
  readonly tags?: readonly string[];
}): string {
  const { name, user, team, organization, tags = [] } = caller;
  return words(
    `asked by ${name}`,
    user === undefined ? '' : `user ${user}`,
    team === undefined ? '' : `team ${team}`,
    organization === undefined ? '' : `organization ${organization}`,
    tags.length === 0 ? '' : `tags ${tags.join(' ')}`,
  );
}

function kindOf({ agent, requestKind }: { readonly agent: string; readonly requestKind?: string }): string {
  const who = agent === 'other' ? 'an unknown agent' : agent;
  return requestKind === undefined ? `from ${who}` : `a ${requestKind} of ${who}`;
}

function sessionOf({ session }: { readonly session?: string }): string {
  return session === undefined ? '' : `session ${session}`;
}

function sizeOf({ attempts }: RouteExplanation): string {
  const tokens = attempts.find(({ cost }) => cost)?.cost?.likelyInputTokens;
  return tokens === undefined ? '' : `about ${count(tokens)} tokens`;
}

function moreNotes(attemptsMore: number | undefined, route: RouteRecord | undefined): readonly string[] {
  const more = route?.excludedMore;
  return [
    ...(attemptsMore === undefined ? [] : [`and ${attemptsMore} more in the order`]),
    ...(more === undefined ? [] : [`and ${more} more left out`]),
  ];
}

function skippedNote(skipped: readonly SkippedRecord[]): string {
  return `would come earlier, were they well: ${skipped.map((each) => `${placeText(each)} ${each.credential} (${each.why})`).join(', ')}`;
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}

function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Nobody needs more than two digits of what is only likely. */
function dollars(nanoDollars: string): string {
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 });
  return format.format(Number(nanoDollars) / 1e9);
}
