import type { Vendor } from './provider.ts';

/** A vendor that the configuration describes: nothing is known of it but what stands there. */
export const custom: Vendor = {
  kind: 'custom',
  title: 'Described in the configuration',
  speaks: [],
  auth: 'bearer',
  environment: [],
  issuer: 'custom',
  separate: true,
  // The Messages dialect wants its version named; others do not mind.
  headers: { 'anthropic-version': '2023-06-01' },
  docs: 'docs/guides/custom-provider.md',
};
