import type { ReadsMore } from '../shared/reads-more.ts';

/** https://platform.openai.com/docs/api-reference/responses/create */
export const readsMore: ReadsMore = {
  fields: ['previous_response_id', 'conversation', 'prompt'],
  findings: [],
  ownTools: ['function', 'custom', 'namespace', 'local_shell', 'apply_patch', 'tool_search', 'computer'],
  history: 'input',
  files: ['file_id', 'file_url'],
  elsewhere: [],
  images: ['image_url'],
};
