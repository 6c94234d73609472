import { z } from 'zod';
import { modelAliases } from './model-aliases.ts';
import { addressRange, metadata, namePattern, tag, tags } from './values.ts';

/**
 * What its bearer may do. Keys, users, teams and organizations each carry one, and all of them must agree:
 * a key can never do more than its team.
 */
export const grant = {
  models: z
    .array(namePattern)
    .max(500)
    .default(['*'])
    .describe('Model names that may be asked for. `*` matches any run of characters.'),
  deny_models: z
    .array(namePattern)
    .max(500)
    .default([])
    .describe('Model names that may not, even where `models` allows them.'),
  model_aliases: modelAliases,
  providers: z.array(namePattern).max(100).default(['*']).describe('Providers that may answer.'),
  require_tags: z
    .array(tag)
    .max(32)
    .default([])
    .describe('Labels that a provider must have to get any of its requests. Those of all levels add up.'),
  allowed_ips: z
    .array(addressRange)
    .max(200)
    .default([])
    .describe('Addresses that requests may come from. Empty: anywhere.'),
  mcp_tools: z
    .array(namePattern)
    .max(500)
    .default(['*'])
    .describe('Tools of MCP servers that may be used, as `server/tool`.'),
  content_logging: z
    .enum(['inherit', 'off', 'redacted', 'full'])
    .default('inherit')
    .describe('Whether prompts and answers are kept. The strictest of all levels holds.'),
  disabled: z.boolean().default(false).describe('Refuse all requests for now.'),
  contact: z
    .string()
    .min(1)
    .max(200)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters')
    .optional()
    .describe('Whom to ask when a request is refused, such as `#ai-platform`. The nearest one is told.'),
  tags,
  metadata,
};
