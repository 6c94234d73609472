import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import { type AddressRanges, addressRanges } from '../core/address-ranges.ts';

/** The fields in which keys, users, teams, organizations and rules for tokens say what their bearer may do. */
export type GrantFields = Pick<
  ResourceOf<'organizations'>,
  | 'models'
  | 'deny_models'
  | 'providers'
  | 'model_aliases'
  | 'require_tags'
  | 'allowed_ips'
  | 'mcp_tools'
  | 'content_logging'
  | 'disabled'
  | 'contact'
  | 'tags'
>;

/** What one level allows. All levels must agree. */
export interface Grant {
  /** Whose it is, as messages say it: `team "core"`. */
  readonly holder: string;
  /** Patterns of names. */
  readonly models: readonly string[];
  readonly deniedModels: readonly string[];
  readonly providers: readonly string[];
  readonly mcpTools: readonly string[];
  /** Absent: anywhere. */
  readonly addresses?: AddressRanges;
}

/** A label that a provider must have to be sent anything. */
export interface Demand {
  readonly tag: string;
  /** Who says so, as messages say it: `team "core"`. */
  readonly of: string;
}

/** A level's grant, or undefined where it restricts nothing, which is most often so. */
export function grantOf(holder: string, fields: GrantFields): Grant | undefined {
  const { models, deny_models, providers, mcp_tools, allowed_ips } = fields;
  const allowsAll = [models, providers, mcp_tools].every((patterns) => patterns.includes('*'));
  if (allowsAll && deny_models.length === 0 && allowed_ips.length === 0) return undefined;
  return {
    holder,
    models,
    deniedModels: deny_models,
    providers,
    mcpTools: mcp_tools,
    ...(allowed_ips.length === 0 ? {} : { addresses: addressRanges(allowed_ips) }),
  };
}

/** Whether prompts and answers may be kept: the strictest word of all levels, or `inherit` where none has said anything. */
export type ContentLogging = ResourceOf<'organizations'>['content_logging'];

const strictestFirst = ['off', 'redacted', 'full', 'inherit'] as const satisfies readonly ContentLogging[];

export function strictest(words: readonly ContentLogging[]): ContentLogging {
  return strictestFirst.find((word) => words.includes(word)) ?? 'inherit';
}
