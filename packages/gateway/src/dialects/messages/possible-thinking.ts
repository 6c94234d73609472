import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import type { LossList } from '../shared/losses.ts';
import { endsInThoughtlessLoop } from './turn-repair.ts';
import type { Turn } from './types.ts';

/**
 * What a caller of this dialect has written, without manual thinking where the API would refuse it: inside a tool loop that another model began, whose
 * thoughts cannot be given back or never were. The caller thinks again with its next turn.
 */
export function withPossibleThinking(own: JsonObject, turns: readonly Turn[], losses: LossList): JsonObject {
  const { thinking, ...others } = own;
  if (!isJsonObject(thinking) || thinking['type'] !== 'enabled' || !endsInThoughtlessLoop(turns)) return own;
  losses.hint('reasoning.effort', 'this model cannot think inside a tool loop that another model began');
  const { context_management: management, ...plain } = others;
  return { ...plain, ...managementWithoutThinking(management) };
}

/** Whoever does not think cannot clear thoughts either: the API refuses that, too. */
function managementWithoutThinking(management: Json | undefined): JsonObject {
  if (!isJsonObject(management) || !Array.isArray(management['edits']))
    return management === undefined ? {} : { context_management: management };
  const edits = management['edits'].filter((edit) => !clearsThinking(edit));
  return edits.length === 0 ? {} : { context_management: { ...management, edits } };
}

function clearsThinking(edit: Json): boolean {
  if (!isJsonObject(edit)) return false;
  const { type } = edit;
  return typeof type === 'string' && type.startsWith('clear_thinking');
}
