import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { given } from '../shared/given.ts';
import type { EncodeScope } from './part-encoder.ts';

/** Settings of OpenAI's own that other vendors answer with status 400. OpenRouter passes most of them on. */
export function openaiSettings(
  { verbosity, serviceTier }: Pick<CanonicalRequest, 'verbosity' | 'serviceTier'>,
  { target, losses }: EncodeScope,
): JsonObject {
  const { issuer } = target;
  const known = issuer === 'openai' || issuer === 'openrouter';
  if (verbosity !== undefined && !known) losses.hint('text.verbosity', `${issuer} has no such setting`);
  if (serviceTier !== undefined && !known) losses.hint('service_tier', `${issuer} has other tiers or none`);
  return known ? { ...given('verbosity', verbosity), ...given('service_tier', serviceTier) } : {};
}
