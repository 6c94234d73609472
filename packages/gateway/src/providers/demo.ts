import type { Vendor } from './provider.ts';

/** The built-in model for a first try without any account. Its base URL is wherever `startDemoServer` listens. */
export const demo: Vendor = {
  kind: 'demo',
  title: 'Turnpike demo',
  speaks: ['responses', 'chat'],
  auth: 'none',
  environment: [],
  issuer: 'demo',
  priceId: 'demo',
  local: true,
  quirks: { codexTools: true },
  docs: 'docs/guides/add-a-provider.md',
};
