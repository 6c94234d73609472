import { z } from 'zod';
import { modelPrice } from './model-price.ts';

/** What to do with a model whose price nobody knows. It is never taken to be free. */
export const unpricedModels = z.union(
  [
    z.enum(['refuse', 'refuse-if-budgeted']),
    z.strictObject({ price: modelPrice.describe('What such a model is taken to cost.') }),
  ],
  { error: 'must be `refuse`, `refuse-if-budgeted` or a `price`' },
);
