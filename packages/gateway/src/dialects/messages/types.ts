import type { DialectName, Extra } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';

/** This dialect's name on extras, hosted calls and opaque values. */
export const here = 'messages' satisfies DialectName;

/** Whose seals stand bare in this dialect. */
export const homeIssuer = 'anthropic';

/** A content block, system block or event as it stands on the wire. Blocks are an open union: `type` tells them apart. */
export type Block = JsonObject;

/** One message of a request while it is being built. `system` stands mid-conversation, where newer models take it. */
export interface Turn {
  readonly role: 'user' | 'assistant' | 'system';
  blocks: Block[];
  /** Fields of the message besides role and content. */
  readonly fields?: JsonObject;
  /** The caller wrote the content as a string. */
  form?: 'string';
}

/**
 * Content may be a string or an array of blocks. That a caller wrote a string is kept under this name among the extra
 * fields (value `string`), so that a round trip gives back what came.
 */
export const contentForm = 'content';

/**
 * Where a system prompt keeps Claude Code's first block, which says who is to be billed. It changes from agent to agent of one session: Anthropic
 * takes it away before it looks into its prompt cache, and no other provider is told of it.
 */
export const billingBlock = 'billing';

/** Fields that came in this dialect and go back only into it. */
export function ownFields(holder: { readonly extra?: Extra }): JsonObject | undefined {
  return holder.extra?.dialect === here ? holder.extra.fields : undefined;
}

/** An extra of this dialect, as a field to spread; nothing for no fields. */
export function extraOf(fields: JsonObject | undefined): { extra?: Extra } {
  return fields ? { extra: { dialect: here, fields } } : {};
}

/** Whether a block is a thought: sealed by its issuer, to be kept byte for byte. */
export function isThought(block: Block | undefined): boolean {
  return block?.['type'] === 'thinking' || block?.['type'] === 'redacted_thinking';
}

/** A field of a block as text; empty where it is none. */
export function textOf(block: Block, key: string): string {
  const value = block[key];
  return typeof value === 'string' ? value : '';
}
