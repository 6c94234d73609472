import type { Part, TextPart } from '../../core/items.ts';
import type { TargetAbilities } from '../dialect.ts';
import { writeCacheControl } from './cache-control.ts';
import type { LossList } from '../shared/losses.ts';
import { writeMedia } from './media.ts';
import { type Block, here, ownFields } from './types.ts';

export interface PartContext {
  readonly abilities: TargetAbilities;
  readonly losses: LossList;
  /** Where the parts stand. Only user messages and tool results may hold media. */
  readonly place: 'system' | 'user' | 'assistant' | 'tool result';
}

/** Parts as content blocks. Empty texts are left out: the API refuses them. */
export function writeParts(parts: readonly Part[], context: PartContext): Block[] {
  return parts.map((part) => writePart(part, context)).filter((block) => block !== undefined);
}

function writePart(part: Part, context: PartContext): Block | undefined {
  switch (part.type) {
    case 'text':
      return part.text === '' ? undefined : writeText(part);
    case 'refusal':
      return part.text === '' ? undefined : { type: 'text', text: part.text };
    case 'opaque':
      if (part.dialect === here) return part.value;
      context.losses.meaning(`part.${part.dialect}`, 'content of a kind that only its own dialect knows');
      return undefined;
    default:
      return writeMediaPart(part, context);
  }
}

/** A block that other dialects are told in words goes back as it came. */
function writeText(part: TextPart): Block {
  const own = ownFields(part);
  if (own?.['type'] !== undefined) return own;
  return { type: 'text', text: part.text, ...writeCacheControl(part.cache), ...own };
}

function writeMediaPart(part: Extract<Part, { type: 'image' | 'file' }>, context: PartContext): Block | undefined {
  const { abilities, losses, place } = context;
  const name = `part.${part.type}`;
  if (place === 'system' || place === 'assistant') {
    losses.meaning(name, `Claude takes no ${part.type} in ${place} messages`);
    return undefined;
  }
  if (part.type === 'image' && abilities.images === false) {
    losses.meaning(name, 'this model reads no images');
    return undefined;
  }
  const written = writeMedia(part);
  if ('block' in written) return written.block;
  losses.meaning(name, written.refused);
  return undefined;
}
