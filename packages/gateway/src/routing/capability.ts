import type { ExclusionReason } from '@turnpike/contract/route-record';
import { type Ability, type Gaps, gapsIn } from '../catalog/abilities.ts';
import type { ModelFacts } from '../catalog/catalog.ts';
import type { PlanGaps, Snapshot } from '../config/snapshot.ts';
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
  /** The plan itself where everybody can. For the same plan and needs always the same array. Undefined: nobody can. */
  readonly able: Plan | undefined;
  readonly lacks: readonly Lack[];
}

/** What is known of models. */
type Known = Pick<Snapshot, 'catalog' | 'gaps'>;

/** Sorts out who cannot serve a request. Where nobody of the plan lacks what it needs, that takes a look at two short lists. */
export function sortByAbility(plan: Plan, needs: Needs, snapshot: Known): Sorted {
  const gaps = gapsOf(plan, snapshot);
  const shortage = shortageOf(gaps, needs);
  if (!shortage) return { able: plan, lacks: [] };
  const judge = judgeFor(shortage);
  const lacks = plan.flatMap((deployment): Lack[] => {
    const lack = judge(factsOf(deployment, snapshot));
    return lack ? [{ deployment, ...lack }] : [];
  });
  const { left } = gaps;
  const key = nameOf(shortage, gaps);
  if (!left.has(key)) left.set(key, without(plan, lacks));
  return { able: left.get(key), lacks };
}

function without(plan: Plan, lacks: readonly Lack[]): Plan | undefined {
  if (lacks.length === 0) return plan;
  const unable = new Set(lacks.map(({ deployment }) => deployment));
  const [first, ...rest] = plan.filter((each) => !unable.has(each));
  return first && [first, ...rest];
}

/** Whether a model with these facts has what the request needs. */
export function isAble(facts: ModelFacts | undefined, needs: Needs): boolean {
  const shortage = shortageOf(gapsIn([facts]), needs);
  return !shortage || judgeFor(shortage)(facts) === undefined;
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
function gapsOf(plan: Plan, snapshot: Known): PlanGaps {
  const known = snapshot.gaps.get(plan);
  if (known) return known;
  const gaps = {
    ...gapsIn(plan.map((deployment) => factsOf(deployment, snapshot))),
    left: new Map<string, Plan | undefined>(),
  };
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

/** What a request needs of that which somebody lacks. */
interface Shortage {
  readonly needed: readonly Ability[];
  readonly tokens: number;
}

/** Undefined: the request needs nothing that somebody lacks. */
function shortageOf({ lacking, windows }: Gaps, needs: Needs): Shortage | undefined {
  const needed = lacking.filter((ability) => needs.has(ability));
  const [smallest = Number.POSITIVE_INFINITY] = windows;
  const tokens = windows.length === 0 ? 0 : needs.tokensAmong(windows);
  return needed.length === 0 && tokens <= smallest ? undefined : { needed, tokens };
}

/** The same for all requests that are to be kept from the same models. */
function nameOf({ needed, tokens }: Shortage, { windows }: Gaps): string {
  return [...needed, windows.filter((window) => window < tokens).length].join();
}

function judgeFor({ needed, tokens }: Shortage): Judge {
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
