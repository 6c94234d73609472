import type { RequestKind } from '@turnpike/contract/exchange-record';
import type { NameStep } from '@turnpike/contract/route-record';
import type { Target } from '../config/deployment.ts';
import type { ModelAlias, Snapshot } from '../config/snapshot.ts';
import { Failure } from '../core/failure.ts';
import { starOf } from '../core/star-pattern.ts';
import type { Overlay } from '../identity/overlay.ts';
import { type Notice, noticeOf } from './notice.ts';
import { firstPlace, hasOwnMeaning, type OwnMeaning, ownMeaning } from './own-names.ts';
import { isQualified, type Plan, planRoute, targetsOf } from './plan.ts';
import type { NameSeeker } from './unknown-model.ts';
import { utilityModels } from './utility-models.ts';

/** A name that somebody asks for. */
export interface NameQuestion {
  readonly asked: string;
  /** What the request is for. Absent: nobody says, or it does not matter. */
  readonly kind?: RequestKind | undefined;
  /** What names mean to the caller. */
  readonly overlays?: readonly Overlay[] | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Whether the caller may ask for a name. Absent: it was not the caller who chose it. */
  readonly mayUse?: (model: string) => boolean;
}

/** What a name comes to. */
export interface Destination {
  /** The name that the caller must be allowed: what is made of it further on was chosen by operators. */
  readonly claimed: string;
  /** The last name. */
  readonly name: string;
  /** Absent: the last name is one of a provider's models, or nobody knows it. */
  readonly alias?: ModelAlias;
  readonly steps: readonly NameStep[];
  /** What the caller is to be told of the name. */
  readonly notice?: Notice;
}

/**
 * What a name comes to: the utility model in place of an agent's hidden one, what the name means to the caller, the name that takes the place of a
 * deprecated one, and where requests of this kind go. Names that the document writes are not looked up among callers' own, so nothing goes in circles.
 * Throws `model-unknown` where an alias of somebody's own leads nowhere.
 */
export function resolveName(question: NameQuestion, snapshot: Snapshot): Destination {
  const { asked, overlays, kind, nowMs } = question;
  const steps: NameStep[] = [];
  const claimed = claimedName(question, snapshot);
  if (claimed !== asked) steps.push({ from: asked, to: claimed, by: 'utility' });
  const own = overlays ? ownMeaning(claimed, overlays, snapshot, steps) : { name: claimed };
  const lead = own.alias ? own : withoutGone(own.name, nowMs, snapshot, steps);
  return { claimed, ...byKind(lead, kind, snapshot, steps), steps };
}

/** Where it leads. Throws `model-unknown`, with the way that led there. */
export function planOf({ name, alias, steps }: Destination, snapshot: Snapshot, seeker?: NameSeeker): Plan {
  if (alias) return alias.plan;
  try {
    return planRoute(name, snapshot, seeker);
  } catch (thrown) {
    const [first] = steps;
    if (!first || targetsOf(name, snapshot)) throw thrown;
    const { of } = steps.at(-1) ?? first;
    const by = of === undefined ? '' : ` (${of})`;
    throw new Failure('model-unknown', `The model "${first.from}" leads to "${name}"${by}, which is not known here.`);
  }
}

/** Its places in their order. Undefined: nobody knows the name. */
export function targetsAt(
  { name, alias }: Destination,
  snapshot: Snapshot,
): readonly [Target, ...Target[]] | undefined {
  return alias ? alias.chain : targetsOf(name, snapshot);
}

/**
 * The name under which a request is served: as asked, or the configured utility model where an agent asks for a hidden model of its own
 * that nobody here serves, or that this caller may not use.
 */
function claimedName({ asked, overlays = [], mayUse }: NameQuestion, snapshot: Snapshot): string {
  const { utilityModel, names } = snapshot;
  if (utilityModel === undefined || !mayUse || !utilityModels.includes(asked)) return asked;
  const isKnown =
    names.redirects.has(asked) ||
    targetsOf(asked, snapshot) !== undefined ||
    aliasOf(asked, snapshot, []) !== undefined ||
    hasOwnMeaning(asked, overlays, snapshot);
  return isKnown && mayUse(asked) ? asked : utilityModel;
}

interface Lead extends OwnMeaning {
  readonly notice?: Notice;
}

/** The name itself, or the one that takes its place. */
function withoutGone(name: string, nowMs: number, snapshot: Snapshot, steps: NameStep[]): Lead {
  const redirect = snapshot.names.redirects.get(name);
  if (!redirect) return withAlias(name, snapshot, steps);
  const notice = noticeOf(name, redirect, nowMs);
  if (!notice.hasGone) return { ...withAlias(name, snapshot, steps), notice };
  steps.push({ from: name, to: redirect.use, by: 'redirect' });
  return { ...withAlias(redirect.use, snapshot, steps), notice };
}

function byKind(lead: Lead, kind: RequestKind | undefined, snapshot: Snapshot, steps: NameStep[]): Lead {
  if (kind === undefined || kind === 'turn' || kind === 'prewarm') return lead;
  const other = lead.alias?.kinds?.[kind];
  if (other === undefined) return lead;
  steps.push({ from: lead.name, to: other, by: 'kind', of: kind });
  return { ...withAlias(other, snapshot, steps), ...(lead.notice ? { notice: lead.notice } : {}) };
}

function withAlias(name: string, snapshot: Snapshot, steps: NameStep[]): OwnMeaning {
  const alias = aliasOf(name, snapshot, steps);
  return alias ? { name, alias } : { name };
}

/** The alias of this very name, or of the pattern that fits it best. A provider's own model is hidden by no pattern. */
function aliasOf(name: string, snapshot: Snapshot, steps: NameStep[]): ModelAlias | undefined {
  const { aliases, names } = snapshot;
  const alias = aliases.get(name);
  if (alias || names.patterns.length === 0 || isQualified(name, snapshot)) return alias;
  for (const pattern of names.patterns) {
    const star = starOf(pattern, name);
    const made = star === undefined ? undefined : names.aliasOf(pattern.value, name, star);
    if (!made) continue;
    steps.push({ from: name, to: firstPlace(made), by: 'pattern', of: pattern.pattern });
    return made;
  }
  return undefined;
}
