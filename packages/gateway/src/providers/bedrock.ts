import type { Vendor } from './provider.ts';

export const bedrock: Vendor = {
  kind: 'bedrock',
  title: 'Amazon Bedrock',
  // https://docs.aws.amazon.com/general/latest/gr/bedrock.html
  regional: {
    environment: ['AWS_REGION', 'AWS_DEFAULT_REGION'],
    baseUrl: (region) => `https://bedrock-runtime.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`,
  },
  speaks: ['converse'],
  // Bedrock's own keys; other credentials of AWS sign each call instead.
  auth: 'bearer',
  environment: ['AWS_BEARER_TOKEN_BEDROCK'],
  cloud: 'aws',
  issuer: 'bedrock',
  priceId: 'aws',
  headers: { accept: 'application/vnd.amazon.eventstream' },
  docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html',
};
