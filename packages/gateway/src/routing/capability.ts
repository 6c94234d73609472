import type { ExclusionReason } from '@turnpike/contract/route-record';
import { type Ability, type Gaps, gapsIn } from '../catalog/abilities.ts';
import type { ModelFacts } from '../catalog/catalog.ts';
import type { Snapshot } from '../config/snapshot.ts';
import { type Deployment, factsOf, type Plan } from './plan.ts';

/** What a request needs of a model. Asked only for what some model of a plan lacks: to answer may take reading the request. */
export interface Needs {
  has(ability: Ability): boolean;
  /**
   * Tokens that a context window must have room for: surely no more than it truly takes. Told exactly only as far as it matters among windows of
   * these sizes, smallest first.
   */
  tokensAmong(windows: readonly number[]): number;
}

/** Why a deployment cannot serve a request. */
export interface Lack {
  readonly deployment: Deployment;
  readonly why: AbilityReason;
  readonly detail?: string;
}

/** The reasons that lie in what a model can do. */
export type AbilityReason = Extract<
  ExclusionReason,
  'tools' | 'images' | 'pdfs' | 'audio' | 'structured-output' | 'reasoning' | 'context-window'
>;

/** Those who can serve a request, in the plan's order, and those who cannot. */
export interface Sorted {
  /** The plan itself where everybody can. */
  readonly able: readonly Deployment[];
  readonly lacks: readonly Lack[];
}

/** What is known of models. */
type Known = Pick<Snapshot, 'catalog' | 'gaps'>;

/** Sorts out who cannot serve a request. Where nobody of the plan lacks what it needs, that takes a look at two short lists. */
export function sortByAbility(plan: Plan, needs: Needs, snapshot: Known): Sorted {
  const judge = judgeFor(gapsOf(plan, snapshot), needs);
  if (!judge) return { able: plan, lacks: [] };
  const lacks = plan.flatMap((deployment): Lack[] => {
    const lack = judge(factsOf(deployment, snapshot));
    return lack ? [{ deployment, ...lack }] : [];
  });
  if (lacks.length === 0) return { able: plan, lacks };
  const unable = new Set(lacks.map(({ deployment }) => deployment));
  return { able: plan.filter((each) => !unable.has(each)), lacks };
}

/** Whether a model with these facts has what the request needs. */
export function isAble(facts: ModelFacts | undefined, needs: Needs): boolean {
  return judgeFor(gapsIn([facts]), needs)?.(facts) === undefined;
}

/** Whoever has a larger context window than this deployment, as far as both are known. */
export function hasMoreRoomThan(
  deployment: Deployment,
  snapshot: Pick<Snapshot, 'catalog'>,
): (other: Deployment) => boolean {
  const window = factsOf(deployment, snapshot)?.contextWindow ?? Number.POSITIVE_INFINITY;
  // A window that is not known may be cut to without a word: some local servers do, and the agent would have lost its history.
  return (other) => (factsOf(other, snapshot)?.contextWindow ?? 0) > window;
}

/** Plans are made once, so what they lack is found once. */
function gapsOf(plan: Plan, snapshot: Known): Gaps {
  const known = snapshot.gaps.get(plan);
  if (known) return known;
  const gaps = gapsIn(plan.map((deployment) => factsOf(deployment, snapshot)));
  snapshot.gaps.set(plan, gaps);
  return gaps;
}

type Judge = (facts: ModelFacts | undefined) => Omit<Lack, 'deployment'> | undefined;

const reasons: Readonly<Record<Ability, AbilityReason>> = {
  tools: 'tools',
  images: 'images',
  pdfs: 'pdfs',
  audio: 'audio',
  structuredOutput: 'structured-output',
  reasoning: 'reasoning',
};

/** Undefined: the request needs nothing that somebody lacks. */
function judgeFor({ lacking, windows }: Gaps, needs: Needs): Judge | undefined {
  const needed = lacking.filter((ability) => needs.has(ability));
  const [smallest = Number.POSITIVE_INFINITY] = windows;
  const tokens = windows.length === 0 ? 0 : needs.tokensAmong(windows);
  if (needed.length === 0 && tokens <= smallest) return undefined;
  return (facts) => {
    const ability = needed.find((each) => facts?.[each] === false);
    if (ability) return { why: reasons[ability] };
    const window = facts?.contextWindow;
    if (window === undefined || tokens <= window) return undefined;
    return { why: 'context-window', detail: `needs at least ${inWords(tokens)} tokens, has ${inWords(window)}` };
  };
}

/** `210,000` */
function inWords(tokens: number): string {
  return tokens.toLocaleString('en');
}
