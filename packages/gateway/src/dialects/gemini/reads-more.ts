import type { ReadsMore } from '../shared/reads-more.ts';

/** https://ai.google.dev/api/generate-content; both spellings of every field are taken. */
export const readsMore: ReadsMore = {
  fields: ['cachedContent', 'cached_content'],
  findings: [],
  ownTools: ['functionDeclarations', 'function_declarations', 'computerUse', 'computer_use'],
  history: 'contents',
  files: ['fileUri', 'file_uri'],
  elsewhere: [],
  images: [],
};
