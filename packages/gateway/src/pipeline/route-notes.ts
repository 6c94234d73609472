import type { ExcludedRecord, NameStep, RouteRecord, RuleNote } from '@turnpike/contract/route-record';

/** Gathers why a request goes where it goes, while that is decided. */
export interface RouteNotes {
  readonly names: NameStep[];
  readonly rules: RuleNote[];
  readonly excluded: ExcludedRecord[];
  parameters?: RouteRecord['parameters'];
  candidates: number;
  /** As `provider/model key`. */
  order: readonly string[];
  notice?: string;
}

export function startRouteNotes(): RouteNotes {
  return { names: [], rules: [], excluded: [], candidates: 0, order: [] };
}
