import { isJsonObject, parseJson } from '../../core/json.ts';
import type { TopFields } from '../dialect.ts';
import { type OutputLimit, topLevelLimit } from '../shared/output-limit.ts';

const limit = topLevelLimit(['max_tokens'], () => 'max_tokens');

/** Anthropic refuses a thinking budget that is not smaller than the whole answer, so it shrinks with it. */
export const outputLimit: OutputLimit = {
  asked: limit.asked,
  edits(tokens, fields, target) {
    const thinking = smallerThinking(tokens, fields);
    return { ...limit.edits(tokens, fields, target), ...(thinking === undefined ? {} : { thinking }) };
  },
};

/** The least that a model may be given to think. */
const leastThinking = 1024;

function smallerThinking(tokens: number, fields: TopFields): string | undefined {
  const thinking = parseJson(fields('thinking')?.toString('utf8') ?? '');
  if (!isJsonObject(thinking) || typeof thinking['budget_tokens'] !== 'number') return undefined;
  if (thinking['budget_tokens'] < tokens) return undefined;
  if (tokens <= leastThinking) return JSON.stringify({ type: 'disabled' });
  return JSON.stringify({ ...thinking, budget_tokens: Math.max(leastThinking, Math.floor(tokens / 2)) });
}
