import type { NeedSigns } from '../shared/need-signs.ts';

/**
 * https://platform.claude.com/docs/en/api/messages. Thoughts of earlier turns are left out of what the model reads, and so is what context editing
 * clears (…/build-with-claude/context-editing). A beta gives some models a window of a million tokens (…/build-with-claude/context-windows).
 */
export const needSigns: NeedSigns = {
  tools: { fields: ['tools'] },
  images: { words: ['image'] },
  files: { words: ['document'] },
  structuredOutput: { fields: ['output_config', 'output_format'] },
  reasoning: { fields: ['thinking', 'output_config'] },
  unread: ['thinking', 'signature'],
  shortened: { fields: ['context_management'] },
  widened: { header: 'anthropic-beta', word: 'context-1m' },
};
