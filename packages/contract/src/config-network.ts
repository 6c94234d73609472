import { z } from 'zod';

/** A host as addresses name it, or a pattern of such. */
const host = z
  .string()
  .min(1, 'is empty')
  .max(253)
  .regex(
    /^[A-Za-z0-9.*:_-]+$/,
    'must be a host such as `api.openai.com` or `*.corp.example.com`, without a scheme, port or path',
  );

/** How far the gateway’s own connections may go. */
export const network = z.strictObject({
  reach: z
    .enum(['any', 'private'])
    .default('any')
    .describe(
      '`any`: anywhere, but to private addresses only where a provider has `allow_private`. `private`: only to this machine and to private networks, for gateways that are cut off from the internet; nothing else is connected to, whatever a name resolves to.',
    ),
  allowed_hosts: z
    .array(host)
    .max(200)
    .default([])
    .describe('Hosts that `private` does not hold for, such as `*.corp.example.com`.'),
});
