import type { ReadsMore } from '../shared/reads-more.ts';

/** https://platform.claude.com/docs/en/api/messages; the types of tools carry the date of their making. */
export const readsMore: ReadsMore = {
  fields: [],
  findings: ['mcp_servers', 'container'],
  ownTools: [
    'custom',
    'bash_2',
    'text_editor_2',
    'computer_2',
    'memory_2',
    'tool_search_tool',
    'name',
    'description',
    'input_schema',
    'input_examples',
    'cache_control',
    'strict',
    'defer_loading',
    'allowed_callers',
    'eager_input_streaming',
  ],
  history: 'messages',
  files: ['file_id'],
  elsewhere: ['url'],
  images: [],
};
