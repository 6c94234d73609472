import type { Json, JsonObject } from '../../core/json.ts';
import type { Principal } from '../../identity/principal.ts';
import type { Operator } from '../operators.ts';
import type { Permission } from '../permissions.ts';
import type { Actor } from '../resources/change.ts';
import { LiteLlmFailure } from './failure.ts';
import type { LimitFinder } from './limit-slots.ts';
import type { LiteLlmPorts } from './ports.ts';

/** Who asks: an operator with an administrative token, or the bearer of a virtual key, who may ask about itself. */
export type Caller = { readonly operator: Operator } | { readonly principal: Principal; readonly value: string };

/** A request that was let in. */
export interface Call {
  /** Absent on open routes. */
  readonly caller: Caller | undefined;
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
}

/** One of LiteLLM's routes. */
export interface LiteLlmRoute {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** As LiteLLM writes it: `/key/{key}/regenerate`. */
  readonly path: string;
  /** What its caller must be allowed. `open`: anybody may ask. */
  readonly permission: Permission | 'open';
  /** Virtual keys may ask, too, and are told of themselves only. */
  readonly ofOneself?: true;
  handle(call: Call): Promise<Json>;
}

/** What routes work with. */
export interface LiteLlmTools extends LiteLlmPorts {
  readonly limits: LimitFinder;
}

/** The bearer of a virtual key who asks, if it is one. */
export function selfOf({ caller }: Call): { readonly principal: Principal; readonly value: string } | undefined {
  return caller && 'principal' in caller ? caller : undefined;
}

/** Text that must be there. */
export function required(value: string | null | undefined, field: string): string {
  if (value !== null && value !== undefined && value !== '') return value;
  throw new LiteLlmFailure(400, `\`${field}\` is missing.`, field);
}
