import { createHash } from 'node:crypto';

/** OpenAI's limit for ids in `tool_calls`; ids of other dialects may be longer. */
const maxLength = 40;

/**
 * A call's id as the vendor takes it. Mistral refuses all ids but nine letters or digits
 * (https://docs.mistral.ai/capabilities/function_calling), so others are replaced by a digest: same id, same digest.
 */
export function wireCallId(callId: string, issuer: string): string {
  if (issuer === 'mistral') return /^[a-zA-Z0-9]{9}$/.test(callId) ? callId : digestOf(callId).slice(0, 9);
  return callId.length <= maxLength ? callId : `call_${digestOf(callId).slice(0, 24)}`;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
