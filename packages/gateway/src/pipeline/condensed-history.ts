import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { CompactionItem, Item, MessageItem } from '../core/items.ts';
import { isJsonObject, type Json, parseJson } from '../core/json.ts';
import { compactionPrefix, gatewayIssuer } from '../dialects/shared/compaction.ts';
import type { Vault } from '../vault/vault.ts';
import { handOverOpening, keptMessagesOpening } from './compaction-texts.ts';

/** What is left of a history: the model's hand-over, and what the user wrote, oldest first. */
export interface CondensedHistory {
  readonly summary: string;
  readonly userMessages: readonly string[];
}

/** Who can read it. */
export interface Reader {
  readonly vault: Vault;
  readonly tenant: string;
}

/** Nothing of ours is longer when it is unpacked. */
const maxUnpackedBytes = 16 * 1024 * 1024;

/** A condensed history as the item that the agent keeps in its place. It needs nothing else to be read, but by this tenant alone. */
export function sealCondensed(history: CondensedHistory, { vault, tenant }: Reader, id: string): CompactionItem {
  const packed = deflateRawSync(JSON.stringify({ s: history.summary, u: history.userMessages }));
  const data = compactionPrefix + vault.seal(packed, contextOf(tenant));
  return { type: 'compaction', seal: { issuer: gatewayIssuer, data }, id };
}

/** The condensed history in an item; undefined where it is none of ours, not this tenant's, or damaged. */
export function openCondensed(item: CompactionItem, { vault, tenant }: Reader): CondensedHistory | undefined {
  const { issuer, data } = item.seal;
  if (issuer !== gatewayIssuer || typeof data !== 'string') return undefined;
  const packed = vault.open(data.slice(compactionPrefix.length), contextOf(tenant));
  return packed && parsed(packed);
}

function contextOf(tenant: string): string {
  return `compaction ${tenant}`;
}

function parsed(packed: Buffer): CondensedHistory | undefined {
  const value = parseJson(inflateRawSync(packed, { maxOutputLength: maxUnpackedBytes }).toString('utf8'));
  if (!isJsonObject(value) || typeof value['s'] !== 'string' || !Array.isArray(value['u'])) return undefined;
  const userMessages = value['u'].filter((text: Json) => typeof text === 'string');
  return { summary: value['s'], userMessages };
}

/**
 * What the next model reads in place of the item, always the same for the same item and history, as prompt caches need it.
 * Agents keep what their user wrote: only what is not `present` any more is told again.
 */
export function handOver(history: CondensedHistory, present: ReadonlySet<string>): MessageItem {
  const missing = history.userMessages.filter((text) => !present.has(text));
  const messages = missing.map((text) => `<user_message>\n${text}\n</user_message>`);
  const kept = missing.length === 0 ? [] : [keptMessagesOpening, ...messages];
  const text = [handOverOpening, ...kept, `<hand_over>\n${history.summary}\n</hand_over>`].join('\n\n');
  return { type: 'message', role: 'user', parts: [{ type: 'text', text }] };
}

/** The texts of all that the user wrote. */
export function userTexts(items: readonly Item[]): readonly string[] {
  return items.flatMap((item) => {
    if (item.type !== 'message' || item.role !== 'user') return [];
    const text = item.parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
    return text === '' ? [] : [text];
  });
}
