import type { CanonicalRequest } from '../../core/items.ts';
import type { EncodeTarget } from '../dialect.ts';
import type { LossList } from '../shared/losses.ts';
import type { ToolTable } from '../shared/tool-table.ts';
import type { ModelTraits } from './model-traits.ts';

/** What the encoders of one request share. */
export interface EncodeScope {
  readonly request: CanonicalRequest;
  readonly target: EncodeTarget;
  readonly traits: ModelTraits;
  readonly tools: ToolTable;
  /** What could not be said so far. */
  readonly losses: LossList;
}
