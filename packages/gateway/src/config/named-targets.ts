import type { ModelAliasEntry, WrittenTarget } from '@turnpike/contract/config-models';

/** What stands where a target is another name of `models`: a group of that name, with its targets and, behind them, its fallbacks. */
export function asGroup(name: string, entry: ModelAliasEntry, weight: number | undefined): WrittenTarget {
  const { strategy, targets, fallbacks } = entry;
  const group = { group: name, ...(weight === undefined ? {} : { weight }) };
  if (fallbacks.length === 0) return { ...group, strategy, targets };
  return { ...group, strategy: 'priority', targets: [{ group: 'targets', strategy, targets }, ...fallbacks] };
}
