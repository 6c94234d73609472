import type { JsonObject } from '../../core/json.ts';

/**
 * Mistral checks the order of roles: system messages only at the start, and after a tool's result the assistant speaks.
 * So later system messages (Codex's developer notes) are told by the user, and a short word stands between a result and the user's next
 * message. Without this a session ends with "Unexpected role 'user' after role 'tool'".
 */
export function orderForMistral(messages: readonly JsonObject[]): readonly JsonObject[] {
  const ordered: JsonObject[] = [];
  let leading = true;
  for (const message of messages) {
    leading &&= message['role'] === 'system';
    const told = message['role'] === 'system' && !leading ? { ...message, role: 'user' } : message;
    if (told['role'] === 'user' && ordered.at(-1)?.['role'] === 'tool')
      ordered.push({ role: 'assistant', content: 'Done.' });
    ordered.push(told);
  }
  return ordered;
}
