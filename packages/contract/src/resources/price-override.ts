import { z } from 'zod';
import { modelPrice, multiplier } from '../model-price.ts';
import { displayName, metadata, moment, namePattern, resourceId } from './values.ts';

/**
 * A price that takes the place of the bundled one. Of several that fit, the one holds that names an organization; then the one with the
 * more exact model; then with the more exact provider; then the one with dates. Two that are alike in all of this and may fit the same
 * request are an error.
 */
export const priceOverride = z
  .strictObject({
    id: resourceId.describe('What it is known by, for good.'),
    name: displayName.optional().describe('For people. Default: the id.'),
    provider: namePattern.optional().describe('A provider’s name or a pattern. Default: any.'),
    model: namePattern
      .default('*')
      .describe('The provider’s own name of the model, or a pattern: `*` matches any run of characters.'),
    organization: resourceId.optional().describe('Only for requests of this organization.'),
    from: moment.optional().describe('From when on it holds.'),
    until: moment.optional().describe('Up to when it holds, exclusive.'),
    price: modelPrice.optional().describe('What the model costs.'),
    free: z.literal(true).optional().describe('The model costs nothing.'),
    multiplier: multiplier.optional().describe('Times what it would cost without this entry: 1.1 adds a tenth.'),
    metadata,
  })
  .superRefine((value, context) => {
    const said = [value.price, value.free, value.multiplier].filter((each) => each !== undefined).length;
    if (said !== 1) context.addIssue({ code: 'custom', message: 'needs one of `price`, `free` and `multiplier`' });
    if (value.from !== undefined && value.until !== undefined && Date.parse(value.from) >= Date.parse(value.until))
      context.addIssue({ code: 'custom', path: ['until'], message: 'must be later than `from`' });
  });

export type PriceOverride = z.output<typeof priceOverride>;
