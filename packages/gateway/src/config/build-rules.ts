import type { RuleResource } from '@turnpike/contract/resources/rule';
import type { FileResource } from '../identity/resources.ts';
import { createRuleBook, type RuleBook } from '../rules/rule-book.ts';
import type { RuleMaker } from './rule-maker.ts';

/** The rules of a document and others, made ready in the order in which they are looked at. Those whose condition cannot be read are left out. */
export function buildRules(
  ofFile: readonly FileResource[],
  others: readonly RuleResource[],
  maker: Pick<RuleMaker, 'make'>,
): RuleBook {
  const written = ofFile.flatMap(({ resource }) => (resource.kind === 'rules' ? [resource.body] : []));
  const byId = others.toSorted((one, other) => (one.id < other.id ? -1 : 1));
  // Sorting keeps the order of equals.
  const inOrder = [...written, ...byId].toSorted((one, other) => one.priority - other.priority);
  const inUse = inOrder.filter(({ disabled }) => !disabled);
  return createRuleBook(Object.freeze(inUse.flatMap((each) => maker.make(each) ?? [])));
}
