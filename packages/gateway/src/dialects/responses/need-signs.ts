import type { NeedSigns } from '../shared/need-signs.ts';

/** https://platform.openai.com/docs/api-reference/responses/create; the tools in the history are Codex's. */
export const needSigns: NeedSigns = {
  tools: { fields: ['tools'], words: ['additional_tools', 'tool_search_output'] },
  images: { words: ['input_image'] },
  files: { words: ['input_file', 'input_audio'] },
  structuredOutput: { fields: ['text'] },
  reasoning: { fields: ['reasoning'] },
  unread: ['summary', 'encrypted_content'],
  shortened: { fields: ['truncation', 'context_management'], words: ['reasoning_text'] },
};
