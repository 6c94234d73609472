import type { FilePart, ImagePart, Part } from '../../core/items.ts';
import { given } from '../shared/given.ts';
import { urlOfSource } from '../shared/media.ts';
import type { CoherePart, EncodeScope } from './types.ts';

/** The parts of a message as content parts. What has no form here is a loss and left out. */
export function encodeParts(parts: readonly Part[], scope: EncodeScope): readonly CoherePart[] {
  return parts.map((part) => encodePart(part, scope)).filter((part) => part !== undefined);
}

/** Content as one string wherever only text is said. */
export function encodeContent(
  parts: readonly Part[],
  separator: string,
  scope: EncodeScope,
): string | readonly CoherePart[] {
  const encoded = encodeParts(parts, scope);
  if (encoded.some(({ type }) => type !== 'text')) return encoded;
  return encoded.map(({ text }) => (typeof text === 'string' ? text : '')).join(separator);
}

/** Whether a part can stand in a tool's result. */
export function isWord(part: Part): boolean {
  return part.type === 'text' || part.type === 'refusal';
}

function encodePart(part: Part, scope: EncodeScope): CoherePart | undefined {
  switch (part.type) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part, scope);
    case 'file':
      return encodeFile(part, scope);
    default:
      scope.losses.meaning('part.unknown', `only the ${part.dialect} API knows a part of this type`);
      return undefined;
  }
}

function encodeImage({ source, detail }: ImagePart, { target, losses }: EncodeScope): CoherePart | undefined {
  const url = target.abilities.images === false ? undefined : urlOfSource(source);
  if (url !== undefined) {
    const known = detail === undefined || detail === 'auto' || detail === 'low' ? detail : 'high';
    return { type: 'image_url', image_url: { url, ...given('detail', known) } };
  }
  const why =
    source.kind === 'file-id'
      ? 'an uploaded image is known only to the provider it was uploaded to'
      : `the model ${target.model} takes no images`;
  losses.meaning('image', why);
  return undefined;
}

function encodeFile({ source, filename }: FilePart, { losses }: EncodeScope): CoherePart | undefined {
  const mediaType = source.kind === 'data' ? source.mediaType : 'of a URL';
  if (source.kind === 'data' && (mediaType.startsWith('text/') || mediaType === 'application/json')) {
    const title = filename === undefined ? '' : `${filename}:\n`;
    return { type: 'text', text: title + Buffer.from(source.base64, 'base64').toString('utf8') };
  }
  losses.meaning('file', `the Chat API of Cohere cannot take this file (${mediaType})`);
  return undefined;
}
