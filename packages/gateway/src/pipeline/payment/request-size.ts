import type { CostCircumstances } from '../../catalog/cost.ts';
import type { RequestSize } from '../../catalog/estimate.ts';
import { findMedia } from '../../catalog/find-media.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { Dialect } from '../../dialects/dialect.ts';
import { fieldBytes, type Peek, stringField } from '../../wire/peek.ts';
import { findMore } from './find-more.ts';

/** What a request says that bears on its cost. */
export interface Measured {
  readonly size: RequestSize;
  readonly circumstances: CostCircumstances;
}

/** Measures a request for an answer by its bytes and the top of its body. */
export function measureRequest(peek: Peek, { outputLimit, readsMore }: Dialect): Measured {
  const fields = (key: string) => fieldBytes(peek, key);
  const asked = outputLimit.asked(fields);
  const answers = outputLimit.answers?.(fields) ?? 1;
  const serviceTier = stringField(peek, 'service_tier');
  return {
    size: {
      bodyBytes: peek.body.length,
      media: findMedia(peek.body),
      ...(asked !== undefined && asked >= 0 ? { maxOutputTokens: asked } : {}),
      ...(answers > 1 ? { answers } : {}),
      ...findMore(fields, readsMore),
    },
    circumstances: serviceTier === undefined ? {} : { serviceTier },
  };
}

/** A request for something else than an answer writes nothing that is counted in tokens. */
export function measurePassage(bodyBytes: number): Measured {
  return { size: { bodyBytes, maxOutputTokens: 0 }, circumstances: {} };
}

/** The same request with what the configuration sets in it at some deployment. */
export function withParameters(measured: Measured, parameters: Parameters | undefined): Measured {
  const { maxOutputTokens, serviceTier } = parameters ?? {};
  if (maxOutputTokens === undefined && serviceTier === undefined) return measured;
  const { size, circumstances } = measured;
  const most = Math.min(size.maxOutputTokens ?? Number.POSITIVE_INFINITY, maxOutputTokens ?? Number.POSITIVE_INFINITY);
  return {
    size: most === Number.POSITIVE_INFINITY ? size : { ...size, maxOutputTokens: most },
    circumstances: serviceTier === undefined ? circumstances : { ...circumstances, serviceTier },
  };
}
