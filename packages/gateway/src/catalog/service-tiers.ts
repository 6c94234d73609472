import type { Price, ServicePrice } from './price.ts';
import { factor } from './rates.ts';

/** What a family of models costs when it is served in another way: as many times the usual rates. */
interface ServiceRow {
  readonly priceId: string;
  readonly models: RegExp;
  readonly times: Readonly<Record<string, number>>;
}

/**
 * Kept by hand, because the bundled data has none of it. Of the rows that fit a model the first is meant. Last looked at 2026-11-21.
 *
 * - OpenAI: https://openai.com/api-priority-processing/ (priority, as many times the usual price of the same model),
 *   https://platform.openai.com/docs/guides/flex-processing (flex as batches: half). Of GPT-5.5's priority only reports were seen:
 *   https://tokenmix.ai/blog/gpt-5-5-batch-flex-priority-pricing-2026
 * - Anthropic: https://platform.claude.com/docs/en/about-claude/pricing (batches: half). Fast mode as resellers list it:
 *   https://openrouter.ai/anthropic/claude-4.6-opus-fast-20260407/api, https://openrouter.ai/anthropic/claude-opus-5-fast-20260723
 * - Google: https://ai.google.dev/gemini-api/docs/optimization (priority is "75% to 100% more": the dearer is taken).
 */
const rows: readonly ServiceRow[] = [
  { priceId: 'openai', models: /^gpt-5\.5/, times: { flex: 0.5, batch: 0.5, priority: 2.5 } },
  { priceId: 'openai', models: /^gpt-5-mini/, times: { flex: 0.5, batch: 0.5, priority: 1.8 } },
  { priceId: 'openai', models: /^gpt-5(-codex|\.[1-4])?(-|$)/, times: { flex: 0.5, batch: 0.5, priority: 2 } },
  { priceId: 'openai', models: /^gpt-4\.1-nano/, times: { batch: 0.5, priority: 2 } },
  { priceId: 'openai', models: /^gpt-4\.1/, times: { batch: 0.5, priority: 1.75 } },
  { priceId: 'openai', models: /^gpt-4o-mini(-2|$)/, times: { batch: 0.5, priority: 1.666667 } },
  { priceId: 'openai', models: /^gpt-4o-2024-05-13/, times: { batch: 0.5, priority: 1.75 } },
  { priceId: 'openai', models: /^gpt-4o(-2|$)/, times: { batch: 0.5, priority: 1.7 } },
  { priceId: 'openai', models: /^o3(-2|$)/, times: { flex: 0.5, batch: 0.5, priority: 1.75 } },
  { priceId: 'openai', models: /^o4-mini(-2|$)/, times: { flex: 0.5, batch: 0.5, priority: 1.818182 } },
  { priceId: 'openai', models: /^gpt-|^o\d|^text-embedding/, times: { batch: 0.5 } },
  { priceId: 'anthropic', models: /^claude-opus-4-[67]/, times: { batch: 0.5, fast: 6 } },
  { priceId: 'anthropic', models: /^claude-opus-(4-8|5($|-2))/, times: { batch: 0.5, fast: 2 } },
  { priceId: 'anthropic', models: /^claude-/, times: { batch: 0.5 } },
  { priceId: 'google', models: /^gemini-/, times: { flex: 0.5, batch: 0.5, priority: 2 } },
];

/** The price of a model with what its maker charges for other service tiers. */
export function withServiceTiers(price: Price, priceId: string, model: string): Price {
  if (price.free) return price;
  const row = rows.find((each) => each.priceId === priceId && each.models.test(model));
  if (row === undefined) return price;
  const tiers = Object.entries(row.times).map(([name, times]): [string, ServicePrice] => [
    name,
    { factor: factor(times) },
  ]);
  return { ...price, serviceTiers: Object.fromEntries(tiers) };
}
