import type { Vendor } from './provider.ts';

export const gemini: Vendor = {
  kind: 'gemini',
  title: 'Google Gemini',
  baseUrl: 'https://generativelanguage.googleapis.com',
  speaks: ['gemini'],
  auth: 'x-goog-api-key',
  // Google's own libraries read both names.
  environment: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  issuer: 'google',
  priceId: 'google',
  docs: 'https://ai.google.dev/api/generate-content',
};
