import { z } from 'zod';

/** 32 and 64 bits, as Codex reads them; what JavaScript cannot hold exactly is refused. */
const int32 = z.int().min(-2_147_483_648).max(2_147_483_647);
const integer = z.int();

/** An effort that a user of Codex can choose. */
const reasoningLevel = z.strictObject({ effort: z.string().min(1), description: z.string() });

/**
 * One model as Codex reads it. Every field and word was tried with the real client: a field of the wrong type, a missing one or a word
 * that it does not know makes it throw the whole list away, so an entry is checked before it is served.
 */
export const codexModel = z.strictObject({
  slug: z.string().min(1),
  display_name: z.string().min(1),
  description: z.string().nullable(),
  /** The prompt that Codex puts before everything else. An empty one leaves the model without any: there is no default. */
  base_instructions: z.string().min(1),
  /** `list`: in the picker. `hide`: known, but not offered. */
  visibility: z.enum(['list', 'hide', 'none']),
  supported_in_api: z.boolean(),
  /** The picker's order, lowest first. */
  priority: int32,
  shell_type: z.enum(['default', 'local', 'shell_command', 'unified_exec', 'disabled']),
  default_reasoning_level: z.string().min(1).optional(),
  supported_reasoning_levels: z.array(reasoningLevel),
  default_reasoning_summary: z.enum(['auto', 'concise', 'detailed', 'none']),
  /** Older releases of Codex require it. */
  supports_reasoning_summaries: z.boolean(),
  support_verbosity: z.boolean(),
  default_verbosity: z.enum(['low', 'medium', 'high']).nullable(),
  apply_patch_tool_type: z.enum(['freeform']).nullable(),
  web_search_tool_type: z.enum(['text', 'text_and_image']),
  truncation_policy: z.strictObject({ mode: z.enum(['bytes', 'tokens']), limit: integer }),
  supports_image_detail_original: z.boolean(),
  /** Older releases of Codex require it. */
  supports_parallel_tool_calls: z.boolean(),
  context_window: integer.min(1),
  max_context_window: integer.min(1),
  /** Tokens of history from which on Codex writes a summary and goes on with that. */
  auto_compact_token_limit: integer.min(1),
  effective_context_window_percent: z.int().min(1).max(100),
  experimental_supported_tools: z.array(z.string()),
  input_modalities: z.array(z.enum(['text', 'image', 'audio'])),
  include_skills_usage_instructions: z.boolean(),
  supports_search_tool: z.boolean(),
  /** Tools inside the history, in OpenAI's own form, instead of the public one. */
  use_responses_lite: z.boolean(),
  /** An advertisement, upon which Codex changes the user's configuration. */
  upgrade: z.null(),
  availability_nux: z.null(),
  service_tiers: z.tuple([]),
  additional_speed_tiers: z.tuple([]),
});

/** One model as Codex reads it, checked. */
export type CodexModel = z.output<typeof codexModel>;
