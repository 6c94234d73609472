import type { CanonicalRequest } from '../../core/items.ts';
import type { Loss } from '../../core/loss.ts';
import type { EncodeTarget } from '../dialect.ts';
import type { ToolTable } from '../shared/tool-table.ts';
import type { ModelTraits } from './model-traits.ts';

/** What the encoders of one request share. */
export interface EncodeScope {
  readonly request: CanonicalRequest;
  readonly target: EncodeTarget;
  readonly traits: ModelTraits;
  readonly tools: ToolTable;
  /** What could not be said so far. */
  readonly losses: Loss[];
}

/** Records a loss, once: a hundred images that a model cannot see are one fact. */
export function lose(scope: Pick<EncodeScope, 'losses'>, weight: Loss['weight'], what: string, why: string): void {
  const known = scope.losses.some((loss) => loss.what === what && loss.weight === weight);
  if (!known) scope.losses.push({ weight, what, why });
}
