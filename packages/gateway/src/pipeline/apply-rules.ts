import { demandsOf } from '../config/steered.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import type { Parameters } from '../core/parameters.ts';
import type { Demand } from '../identity/grant.ts';
import { type Principal, whomToAsk, withDemands } from '../identity/principal.ts';
import type { RuleFacts } from '../rules/facts.ts';
import type { RouteNotes } from './route-notes.ts';

/** What rules want of where a request goes. */
export interface Steering {
  /** The name under which it is served, in place of all that it asks for. */
  readonly model?: string;
  /** Only deployments of this group. */
  readonly group?: string;
  /** Names that are tried after all others. */
  readonly fallbacks: readonly string[];
  readonly parameters?: Parameters;
}

/** A request of any kind, as far as rules change it. */
export interface Steerable {
  readonly principal: Principal;
  readonly snapshot: Snapshot;
  /** What rules want of its way. Absent: nothing, or they were not asked. */
  readonly steering?: Steering;
}

/** The request as the rules have it from here on: the same one where none of them does anything. Throws `rule-refused`. */
export function applyRules<Question extends Steerable>(
  question: Question,
  facts: () => RuleFacts,
  notes: RouteNotes,
): Question & Pick<Steerable, 'steering'> {
  const { principal, snapshot } = question;
  if (snapshot.rules.rules.length === 0) return question;
  const decision = snapshot.rules.decide(facts());
  if (!decision) return question;
  notes.rules.push(...decision.notes);
  notes.names.push(...decision.names);
  if (decision.refusal) throw refusedBy(decision.refusal, principal);
  if (decision.notes.every(({ shadow, error }) => shadow === true || error !== undefined)) return question;
  return { ...question, principal: demanding(question, decision.demands), steering: decision };
}

function demanding({ principal, snapshot }: Steerable, demands: readonly Demand[]): Principal {
  if (demands.length === 0) return principal;
  const key = demands.map(({ tag, of }) => `${tag} ${of}`).join('\n');
  return demandsOf(snapshot.steered, principal).of(key, () => withDemands(principal, demands));
}

function refusedBy({ message }: { readonly message: string }, { contact }: Principal): Failure {
  return new Failure('rule-refused', message + whomToAsk(contact));
}
