import type { ReadsMore } from '../shared/reads-more.ts';

/** https://platform.openai.com/docs/api-reference/chat/create; `plugins` are OpenRouter's, `search_parameters` xAI's. */
export const readsMore: ReadsMore = {
  fields: [],
  findings: ['web_search_options', 'plugins', 'search_parameters'],
  ownTools: ['function', 'custom'],
  history: 'messages',
  files: ['file_id'],
  elsewhere: [],
  images: ['image_url'],
};
