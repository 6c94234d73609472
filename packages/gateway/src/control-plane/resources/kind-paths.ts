import type { ResourceKind } from '@turnpike/contract/resources/kinds';

/** How a kind stands in addresses: `virtual-keys`. */
export function slugOf(kind: ResourceKind): string {
  return kind.replaceAll('_', '-');
}
