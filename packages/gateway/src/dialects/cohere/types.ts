import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import type { LossList } from '../shared/losses.ts';
import type { ToolTable } from '../shared/tool-table.ts';

/** One entry of `messages`, as this dialect writes it. */
export type CohereMessage = JsonObject & { readonly role: 'system' | 'user' | 'assistant' | 'tool' };

/** A part of a message's content, as this dialect writes it. */
export type CoherePart = JsonObject & { readonly type: 'text' | 'image_url' | 'thinking' };

/** What every part of the encoder needs to know. */
export interface EncodeScope {
  readonly target: EncodeTarget;
  readonly losses: LossList;
  readonly tools: ToolTable;
}
