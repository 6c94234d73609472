import { z } from 'zod';

/** Any JSON value. */
const json = z.json();

/** Where a provider departs from its dialects, in a document's words. */
export const providerQuirks = z.strictObject({
  omit: z.array(z.string().min(1)).optional().describe('Request fields that it refuses: they are left out.'),
  fields: z.record(z.string().min(1), json).optional().describe('Fields that every request’s body carries.'),
  model_in_path: z.boolean().optional().describe('The model stands in the path; the body must not name it.'),
  max_tokens_field: z
    .enum(['max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('Chat: how it calls the limit of an answer.'),
  effort: z
    .enum(['reasoning_effort', 'openrouter', 'none'])
    .optional()
    .describe('Chat: how it is asked to think harder or less.'),
  structured_output: z
    .enum(['json_schema', 'json_object', 'none'])
    .optional()
    .describe('Chat: which forms of an answer it enforces.'),
  developer_role: z.enum(['developer', 'system']).optional().describe('Chat: the role of developers’ messages.'),
  reasoning_field: z
    .enum(['reasoning_content', 'reasoning'])
    .optional()
    .describe('Chat: the field in which earlier thoughts must come back.'),
  stream_options: z.boolean().optional().describe('Chat: `false`: it refuses to be asked for usage in streams.'),
  tool_choices: z
    .array(z.enum(['none', 'required', 'tool']))
    .optional()
    .describe('Chat: which choices of tools it takes beside `auto`.'),
  strict_tools: z.boolean().optional().describe('Chat: `false`: it refuses tools that are `strict`.'),
  schema_omit: z
    .array(z.string().min(1))
    .optional()
    .describe('Chat: keywords of JSON Schema that it refuses in tools: they are left out.'),
  reasoning_summary: z.boolean().optional().describe('Responses: `false`: it refuses `reasoning.summary`.'),
  custom_tools: z.boolean().optional().describe('Responses: it knows freeform tools and namespaces.'),
  hosted_tools: z.array(z.string().min(1)).optional().describe('Responses: the tools that it runs itself.'),
  images_in_tool_results: z.boolean().optional().describe('Chat: results of tools may hold images.'),
});

/** A `quirks` section, checked. */
export type ProviderQuirksEntry = z.output<typeof providerQuirks>;
