import type { Role } from '../../core/items.ts';

/** Whose seals stand bare in `encrypted_content`. */
export const homeIssuer = 'openai';

/** Asks for reasoning to come back sealed, so that nothing need be stored upstream. */
export const sealedReasoning = 'reasoning.encrypted_content';

/** Facts about the caller's machine (directories, git state, installation id). They stay here, whoever the provider is. */
export const localFacts = 'client_metadata';

/** What Codex notes of each message for OpenAI. No other provider gets to see it. */
export const messageNotes = 'internal_chat_message_metadata_passthrough';

/** Output items of tools that the provider runs itself, and the field's common names of those tools. */
const hostedCalls: Readonly<Record<string, string>> = {
  web_search_call: 'web_search',
  file_search_call: 'file_search',
  code_interpreter_call: 'code_interpreter',
  image_generation_call: 'image_generation',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcp',
};

/** The tool that a hosted call's item type belongs to. */
export function hostedToolOfCall(itemType: string): string | undefined {
  return Object.hasOwn(hostedCalls, itemType) ? hostedCalls[itemType] : undefined;
}

const hostedTools: ReadonlySet<string> = new Set(['file_search', 'code_interpreter', 'image_generation', 'mcp']);

/**
 * The common name of a tool that the provider runs, by the `type` of its declaration; dated variants are one tool.
 * `local_shell`, `shell`, `apply_patch` and computer use are not here: the agent runs them, so losing one is no mere hint.
 */
export function hostedToolOfType(toolType: string): string | undefined {
  if (/^web_search(_preview)?(_\d{4}_\d{2}_\d{2})?$/.test(toolType)) return 'web_search';
  return hostedTools.has(toolType) ? toolType : undefined;
}

const roles: ReadonlySet<string> = new Set(['system', 'developer', 'user', 'assistant'] satisfies Role[]);

export function isRole(text: string): text is Role {
  return roles.has(text);
}

/** Types of text parts by who speaks. */
export type TextType = 'input_text' | 'output_text';

export function textTypeOf(role: Role): TextType {
  return role === 'assistant' ? 'output_text' : 'input_text';
}
