import type { CanonicalRequest, MessageItem } from '../../core/items.ts';

/**
 * A request that ends with what the model said, and is not meant as the beginning of the answer, asks it to go on. Codex sends such after an answer that
 * broke off. Most APIs but Responses refuse it, or continue the last sentence: they get the user's word for it.
 */
export function withUserEnd(request: CanonicalRequest): CanonicalRequest {
  const last = request.items.findLast((item) => item.type !== 'reasoning');
  if (last?.type !== 'message' || last.role !== 'assistant') return request;
  return { ...request, items: [...request.items, goOn] };
}

const goOn: MessageItem = { type: 'message', role: 'user', parts: [{ type: 'text', text: 'Continue.' }] };
