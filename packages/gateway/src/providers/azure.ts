import type { Vendor } from './provider.ts';

/** What is the same at all of Azure's ways to OpenAI's models. Reasoning is sealed for one resource: another cannot open it. */
const azureOpenai = {
  speaks: ['responses', 'chat'],
  auth: 'api-key',
  cloud: 'azure',
  environment: [],
  issuer: 'azure',
  separate: true,
  // Deployments are often called like their models, whose prices are OpenAI's.
  priceId: 'openai',
  quirks: {
    maxTokensField: 'max_completion_tokens',
    effort: 'reasoning_effort',
    structuredOutput: 'json_schema',
    developerRole: 'developer',
    codexTools: true,
    sealsThoughts: true,
  },
} as const satisfies Partial<Vendor>;

/** The model's name is the deployment's. */
export const azure: Vendor = {
  ...azureOpenai,
  kind: 'azure',
  title: 'Azure OpenAI (v1 API)',
  places: {
    responses: { path: '/openai/v1/responses' },
    chat: { path: '/openai/v1/chat/completions' },
  },
  docs: 'https://learn.microsoft.com/en-us/azure/foundry/openai/api-version-lifecycle',
};

/** The older API: a deployment is part of the path, and every call says the date of the API's version. */
export const azureDeployments: Vendor = {
  ...azureOpenai,
  kind: 'azure-deployments',
  title: 'Azure OpenAI (dated API versions)',
  places: {
    responses: { path: '/openai/responses' },
    chat: { path: '/openai/deployments/{model}/chat/completions' },
  },
  query: { 'api-version': '2025-04-01-preview' },
  docs: 'https://learn.microsoft.com/en-us/azure/ai-foundry/openai/reference',
};

/** Anthropic's own API behind Azure's door. */
export const azureAnthropic: Vendor = {
  kind: 'azure-anthropic',
  title: 'Claude in Microsoft Foundry',
  speaks: ['messages'],
  auth: 'x-api-key',
  cloud: 'azure',
  environment: [],
  issuer: 'anthropic',
  priceId: 'anthropic',
  headers: { 'anthropic-version': '2023-06-01' },
  places: { messages: { path: '/anthropic/v1/messages' } },
  docs: 'https://platform.claude.com/docs/en/build-with-claude/claude-in-microsoft-foundry',
};
