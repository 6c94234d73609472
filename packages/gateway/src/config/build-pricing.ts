import type { ConfigDocument } from '@turnpike/contract/config';
import { priceOfEntry } from '../catalog/price-of-entry.ts';
import { type PriceRule, priceRules, tiesOf } from '../catalog/price-rules.ts';
import { modelPriceRules } from './catalog-overrides.ts';
import type { Finding } from './problem.ts';
import type { Pricing } from './snapshot.ts';

/** What the document says of prices. Two that nobody could choose between are an error. */
export function buildPricing(document: ConfigDocument, tell: (finding: Finding) => void): Pricing {
  const rules = modelPriceRules(document);
  checkTies(document, rules, tell);
  const { unpriced_models: unpriced } = document;
  if (typeof unpriced === 'string') return { rules, unpriced };
  return { rules, fallback: priceOfEntry(unpriced.price), unpriced: 'refuse-if-budgeted' };
}

function checkTies(document: ConfigDocument, own: readonly PriceRule[], tell: (finding: Finding) => void): void {
  for (const tie of tiesOf([...own, ...priceRules(document.prices)])) {
    const [first, second] = tie.map(({ id }) => ({ id, index: document.prices.findIndex((each) => each.id === id) }));
    if (first === undefined || second === undefined) continue;
    const [where, other] = second.index >= first.index ? [second, first] : [first, second];
    tell({
      path: ['prices', where.index],
      message: `may fit the same requests as \`${other.id}\`, and neither is more specific`,
      hint: 'name a provider, an organization, dates or a more exact model in one of them',
    });
  }
}
