import type { Vendor } from './provider.ts';

export const anthropic: Vendor = {
  kind: 'anthropic',
  title: 'Anthropic',
  baseUrl: 'https://api.anthropic.com',
  speaks: ['messages'],
  auth: 'x-api-key',
  environment: ['ANTHROPIC_API_KEY'],
  issuer: 'anthropic',
  priceId: 'anthropic',
  headers: { 'anthropic-version': '2023-06-01' },
  docs: 'https://docs.anthropic.com/en/api/messages',
};
