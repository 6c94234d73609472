import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { FileResource } from '../identity/resources.ts';
import type { Finding } from './problem.ts';

/** Warns of rules that nobody comes to, because one before them always holds and is the last. Paths begin at the list. */
export function checkRuleOrder(rules: readonly FileResource[], tell: (finding: Finding) => void): void {
  const inOrder = rules
    .flatMap(({ resource }, index) => (resource.kind === 'rules' ? [{ ...resource.body, index }] : []))
    .filter(({ disabled }) => !disabled)
    .toSorted((one, other) => one.priority - other.priority);
  const at = inOrder.findIndex(endsAll);
  const last = inOrder[at];
  if (!last) return;
  for (const { index } of inOrder.slice(at + 1)) {
    const message = `is never looked at: \`${last.name ?? last.id}\` before it always holds`;
    tell({ path: [index], message, hint: 'give that one `chain: true`, or let it be the last', severity: 'warning' });
  }
}

function endsAll({ when, chain, mode }: ResourceOf<'rules'>): boolean {
  return when.trim() === 'true' && !chain && mode === 'enforce';
}
