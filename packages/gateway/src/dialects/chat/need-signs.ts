import type { NeedSigns } from '../shared/need-signs.ts';

/** https://platform.openai.com/docs/api-reference/chat/create; `transforms` and `plugins` are OpenRouter's, and thoughts have a name at each vendor. */
export const needSigns: NeedSigns = {
  tools: { fields: ['tools', 'functions'] },
  images: { words: ['image_url'] },
  files: { words: ['file', 'input_audio'] },
  structuredOutput: { fields: ['response_format'] },
  reasoning: { fields: ['reasoning_effort', 'reasoning'] },
  unread: ['reasoning_content', 'reasoning', 'reasoning_details'],
  shortened: { fields: ['transforms', 'plugins'] },
};
