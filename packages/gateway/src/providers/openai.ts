import type { Vendor } from './provider.ts';

export const openai: Vendor = {
  kind: 'openai',
  title: 'OpenAI',
  baseUrl: 'https://api.openai.com/v1',
  speaks: ['responses', 'chat'],
  auth: 'bearer',
  environment: ['OPENAI_API_KEY'],
  issuer: 'openai',
  priceId: 'openai',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    effort: 'reasoning_effort',
    structuredOutput: 'json_schema',
    developerRole: 'developer',
    codexTools: true,
  },
  searchPath: '/alpha/search',
  compactPath: '/responses/compact',
  websocket: true,
  docs: 'https://platform.openai.com/docs/api-reference',
};
