import type { NeedSigns } from '../shared/need-signs.ts';

/** https://ai.google.dev/api/generate-content; both spellings of every field are taken. */
export const needSigns: NeedSigns = {
  tools: { fields: ['tools'] },
  images: { words: ['inlineData', 'inline_data', 'fileData', 'file_data'] },
  files: { words: ['inlineData', 'inline_data', 'fileData', 'file_data'] },
  structuredOutput: { fields: ['generationConfig', 'generation_config'] },
  reasoning: { fields: ['generationConfig', 'generation_config'] },
  unread: ['thoughtSignature', 'thought_signature'],
  shortened: { words: ['thought'] },
};
