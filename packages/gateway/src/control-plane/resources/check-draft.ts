import { maxRules } from '@turnpike/contract/resources/rule';
import type { PriceRule } from '../../catalog/price-rules.ts';
import { priceRules, tiesOf } from '../../catalog/price-rules.ts';
import { checkResource } from '../../config/check-resource.ts';
import { nounOf } from '../../config/check-resources.ts';
import { formatPath, wordsOf } from '../../config/problem.ts';
import { type Draft, type DraftPut, placeOf } from './draft.ts';

/** Checks what only the whole can tell, and adds what is wrong to the complaints. Answers what is odd, by `kind/id`. */
export function checkDraft(draft: Draft, pricesOfFile: readonly PriceRule[]): ReadonlyMap<string, readonly string[]> {
  const warnings = new Map<string, string[]>();
  for (const put of draft.puts.values()) {
    const { resource, at } = put;
    const place = placeOf(resource.kind, resource.body.id);
    checkNames(put, draft);
    checkResource(resource, draft, (finding) => {
      const { path, inside, severity } = finding;
      const message = wordsOf(finding);
      if (severity === 'warning')
        warnings.set(place, [...(warnings.get(place) ?? []), `${formatPath(path)} ${message}`]);
      else draft.complain({ code: 'invalid', at: [...at, ...path], message, ...(inside ? { inside } : {}) });
    });
  }
  checkPrices(draft, pricesOfFile);
  checkFallbacks(draft);
  checkRuleCount(draft);
  return warnings;
}

/** People mean one thing by a name, whether it is an id or a name. */
function checkNames({ resource: { kind, body }, at }: DraftPut, draft: Draft): void {
  const { id, name } = body;
  const complain = (field: string, text: string) =>
    draft.complain({
      code: 'conflict',
      at: [...at, field],
      message: `another ${nounOf(kind)} is called \`${text}\` too`,
    });
  if (draft.namesake(kind, id, id) !== undefined) complain('id', id);
  if (name === undefined || name === id) return;
  if (draft.has(kind, name) || draft.namesake(kind, name, id) !== undefined) complain('name', name);
}

function checkRuleCount(draft: Draft): void {
  const made = [...draft.puts.values()].find(({ resource }) => resource.kind === 'rules');
  if (!made) return;
  const count = [...draft.list('rules')].length;
  if (count <= maxRules) return;
  const message = `there would be ${count} rules, and ${maxRules} is the most`;
  draft.complain({ code: 'invalid', at: made.at, message });
}

/** Two prices that nobody could choose between. */
function checkPrices(draft: Draft, ofFile: readonly PriceRule[]): void {
  const changed = new Map(
    [...draft.puts.values()].flatMap((put) => (put.resource.kind === 'prices' ? [[put.resource.body.id, put]] : [])),
  );
  if (changed.size === 0) return;
  const overrides = [...draft.list('prices')].flatMap(({ kind, body }) => (kind === 'prices' ? [body] : []));
  for (const [first, second] of tiesOf([...ofFile, ...priceRules(overrides)])) {
    const put = changed.get(second.id) ?? changed.get(first.id);
    if (!put) continue;
    const other = put === changed.get(second.id) ? first : second;
    const message = `may fit the same requests as \`${other.id}\`, and neither is more specific`;
    draft.complain({ code: 'conflict', at: put.at, message });
  }
}

/** Models that stand in for each other in a circle would leave a request without an answer. */
function checkFallbacks(draft: Draft): void {
  const changed = [...draft.puts.values()].filter(({ resource }) => resource.kind === 'budgets');
  if (changed.length === 0) return;
  const next = new Map<string, Set<string>>();
  for (const { kind, body } of draft.list('budgets')) {
    if (kind !== 'budgets' || body.fallback_model === undefined || body.scope.model === undefined) continue;
    next.set(body.scope.model, (next.get(body.scope.model) ?? new Set()).add(body.fallback_model));
  }
  for (const { resource, at } of changed) {
    if (resource.kind !== 'budgets' || resource.body.fallback_model === undefined) continue;
    const { model } = resource.body.scope;
    if (model === undefined || !leadsTo(resource.body.fallback_model, model, next)) continue;
    const message = `leads back to \`${model}\`, for which it is to stand in`;
    draft.complain({ code: 'invalid', at: [...at, 'fallback_model'], message });
  }
}

function leadsTo(from: string, goal: string, next: ReadonlyMap<string, ReadonlySet<string>>): boolean {
  const seen = new Set([from]);
  for (const model of seen) {
    if (model === goal) return true;
    for (const each of next.get(model) ?? []) seen.add(each);
  }
  return false;
}
