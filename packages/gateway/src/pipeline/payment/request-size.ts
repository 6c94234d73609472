import type { CostCircumstances } from '../../catalog/cost.ts';
import type { RequestSize } from '../../catalog/estimate.ts';
import { findMedia } from '../../catalog/find-media.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { fieldBytes, hasField, type Peek, stringField } from '../../wire/peek.ts';

/** What a request says that bears on its cost. */
export interface Measured {
  readonly size: RequestSize;
  readonly circumstances: CostCircumstances;
}

/** Fields that name what the provider has: an earlier answer, a conversation, a prompt. How long those are is not in the request. */
const namesOfMore = ['previous_response_id', 'conversation', 'prompt'] as const;

/** Measures a request for an answer by its bytes and the top of its body. */
export function measureRequest(peek: Peek, { outputLimit }: Dialect): Measured {
  const asked = outputLimit.asked((key) => fieldBytes(peek, key));
  const media = findMedia(peek.body);
  const serviceTier = stringField(peek, 'service_tier');
  return {
    size: {
      bodyBytes: peek.body.length,
      media,
      ...(asked !== undefined && asked >= 0 ? { maxOutputTokens: asked } : {}),
      ...(namesOfMore.some((name) => hasField(peek, name)) ? { openEnded: true } : {}),
    },
    circumstances: serviceTier === undefined ? {} : { serviceTier },
  };
}

/** A request for something else than an answer writes nothing that is counted in tokens. */
export function measurePassage(bodyBytes: number): Measured {
  return { size: { bodyBytes, maxOutputTokens: 0 }, circumstances: {} };
}
