import type { Vendor } from './provider.ts';

export const cohere: Vendor = {
  kind: 'cohere',
  title: 'Cohere',
  baseUrl: 'https://api.cohere.com',
  speaks: ['cohere'],
  auth: 'bearer',
  // Cohere's own libraries read the second name.
  environment: ['COHERE_API_KEY', 'CO_API_KEY'],
  issuer: 'cohere',
  priceId: 'cohere',
  docs: 'https://docs.cohere.com/reference/chat',
};
