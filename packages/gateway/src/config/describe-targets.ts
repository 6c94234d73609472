import type { Target, TargetGroup } from './deployment.ts';

/** Where a name leads, in one line: `eu 75 % (azure/m, then bedrock/m) or us 25 % (openai/m), then claude/m`. */
export function describeTargets(chain: readonly Target[]): string {
  const members = membersOf(chain, 0).map(({ words }) => words);
  // It holds for a whole name, with its fallbacks.
  const isAnew = chain.some((target) => groupAt(target, 0)?.affinity === 'off');
  return members.join(', then ') + (isAnew ? '; each request anew' : '');
}

/** A target, or a group with all of its targets. */
interface Member {
  readonly words: string;
  readonly name: string;
  readonly weight: number;
}

/** What stands beside each other at this depth of groups. */
function membersOf(targets: readonly Target[], depth: number): readonly Member[] {
  const members: Member[] = [];
  for (let from = 0; from < targets.length;) {
    const run = runAt(targets.slice(from), depth);
    members.push(memberOf(run, depth));
    from += run.length;
  }
  return members;
}

/** The first target, with those behind it that are in the same group. */
function runAt([first, ...others]: readonly Target[], depth: number): readonly Target[] {
  if (!first) return [];
  const group = groupAt(first, depth);
  const end = group ? others.findIndex((other) => groupAt(other, depth) !== group) : 0;
  return [first, ...(end < 0 ? others : others.slice(0, end))];
}

/** The group that a target is in at this depth, the outermost being 0. */
function groupAt({ group }: Target, depth: number): TargetGroup | undefined {
  const groups: TargetGroup[] = [];
  for (let each = group; each; each = each.outer) groups.unshift(each);
  return groups[depth];
}

function memberOf(run: readonly Target[], depth: number): Member {
  const [first] = run;
  const group = first && groupAt(first, depth);
  if (!group) {
    const words = first ? `${first.provider.name}/${first.model}` : '';
    return { words, name: words, weight: first?.weight ?? 1 };
  }
  const inside = insideOf(group, membersOf(run, depth + 1));
  const { name, weight = 1 } = group;
  return { words: name === undefined ? inside : `${name} (${inside})`, name: name ?? '', weight };
}

function insideOf({ strategy }: TargetGroup, members: readonly Member[]): string {
  if (strategy === 'priority') return members.map(({ words }) => words).join(', then ');
  if (strategy !== 'weighted') return `${members.map(({ words }) => words).join(' or ')}, by ${strategy}`;
  const sum = members.reduce((total, { weight }) => total + weight, 0);
  return members.map((member) => withShare(member, sum)).join(' or ');
}

function withShare({ words, name, weight }: Member, sum: number): string {
  const share = sum === 0 ? '' : ` ${inPercent(weight / sum)}`;
  return `${name}${share}${words.slice(name.length)}`;
}

/** Whoever has the least share still has one. */
function inPercent(share: number): string {
  const percent = Math.round(share * 1000) / 10;
  return percent === 0 && share > 0 ? '< 0.1 %' : `${percent} %`;
}
