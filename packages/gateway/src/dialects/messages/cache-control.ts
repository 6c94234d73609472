import type { CacheMark } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import type { Block, Turn } from './types.ts';
import { isThought } from './types.ts';

/** More breakpoints than this are refused. https://platform.claude.com/docs/en/build-with-claude/prompt-caching */
const maxBreakpoints = 4;

const cacheFields: ReadonlySet<string> = new Set(['type', 'ttl']);

/** A block's breakpoint. A breakpoint with fields unknown here also stays whole in `rest`. */
export function readCacheControl(block: Block): { cache?: CacheMark; rest?: JsonObject } {
  const value = block['cache_control'];
  if (!isJsonObject(value)) return {};
  const ttl = value['ttl'];
  const cache = typeof ttl === 'string' ? { ttl } : {};
  const odd = Object.keys(value).some((key) => !cacheFields.has(key));
  return odd ? { cache, rest: { cache_control: value } } : { cache };
}

/** A breakpoint as a field to spread into a block. */
export function writeCacheControl(cache: CacheMark | undefined): JsonObject {
  if (!cache) return {};
  return { cache_control: { type: 'ephemeral', ...(cache.ttl === undefined ? {} : { ttl: cache.ttl }) } };
}

/** The three places of a request that can carry breakpoints, in the order in which the provider hashes them. */
export interface Prefix {
  readonly tools: readonly Block[];
  readonly system: readonly Block[];
  readonly turns: readonly Turn[];
}

/**
 * Sets the breakpoints of a caller who set none: at the end of tools and system, at the moving end of the conversation,
 * and at the end of the user turn before it. That one was the moving end of the last request: there the cache is hit.
 */
export function withDefaultBreakpoints(prefix: Prefix): Prefix {
  const fixed = prefix.system.length > 0 ? 'system' : 'tools';
  const users = prefix.turns.filter((turn) => turn.role === 'user').slice(-2);
  const turns = prefix.turns.map((turn) => (users.includes(turn) ? { ...turn, blocks: markLast(turn.blocks) } : turn));
  return { ...prefix, [fixed]: markLast(prefix[fixed]), turns };
}

/** Takes surplus breakpoints away, earliest first: the later ones cover a longer prefix. */
export function withinLimit(prefix: Prefix): Prefix {
  let surplus = [prefix.tools, prefix.system, ...prefix.turns.map((turn) => turn.blocks)]
    .flat()
    .filter(isMarked).length;
  surplus -= maxBreakpoints;
  if (surplus <= 0) return prefix;
  function trim(blocks: readonly Block[]): Block[] {
    return blocks.map((block) => {
      if (surplus <= 0 || !isMarked(block)) return block;
      surplus -= 1;
      const { cache_control: _, ...bare } = block;
      return bare;
    });
  }
  return {
    tools: trim(prefix.tools),
    system: trim(prefix.system),
    turns: prefix.turns.map((turn) => ({ ...turn, blocks: trim(turn.blocks) })),
  };
}

/** Whether a caller has set any breakpoint. */
export function hasBreakpoints(prefix: Prefix): boolean {
  return [prefix.tools, prefix.system, ...prefix.turns.map((turn) => turn.blocks)].some((all) => all.some(isMarked));
}

function isMarked(block: Block): boolean {
  return block['cache_control'] !== undefined;
}

function markLast(blocks: readonly Block[]): Block[] {
  const at = blocks.findLastIndex((block) => !isThought(block));
  return blocks.map((block, index) => (index === at ? { ...block, ...writeCacheControl({}) } : block));
}
