import type { Seal } from '../../core/items.ts';
import type { LossList } from '../shared/losses.ts';
import type { ToolTable } from '../shared/tool-table.ts';

/** For whom something is written, and where losses are noted. */
export interface WriteScope {
  /** The reader knows Codex's tools: freeform, namespaces, tool_search, tools declared in the history. Else all become plain functions. */
  readonly native: boolean;
  /** Who reads. */
  readonly issuer: string;
  /** The reader may have stored earlier items, to be found by their ids. */
  readonly stored: boolean;
  /** The reader is OpenAI or the client itself: local facts may go there. */
  readonly home: boolean;
  readonly tools: ToolTable;
  /** The text of a seal for this reader, or undefined if it must not go there. */
  sealText(seal: Seal): string | undefined;
  readonly losses: LossList;
  readonly images: boolean;
  /** Tools that the reader runs itself, where it is not `native`. */
  readonly hostedTools: readonly string[];
  /** Images in tool results follow as a user message. */
  readonly imagesApart: boolean;
  readonly developerRole: 'developer' | 'system';
}
