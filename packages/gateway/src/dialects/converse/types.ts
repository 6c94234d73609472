import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import type { LossList } from '../shared/losses.ts';
import type { ModelTraits } from './model-traits.ts';

/** A content block as it stands on the wire. Its only key tells what it is. */
export type ConverseBlock = JsonObject;

/** A content block as Claude's Messages API spells it: the form in which a request is built before it is respelled. */
export type MessagesBlock = JsonObject;

/** What every part of the encoder needs to know. */
export interface EncodeScope {
  readonly target: EncodeTarget;
  readonly traits: ModelTraits;
  readonly losses: LossList;
}
