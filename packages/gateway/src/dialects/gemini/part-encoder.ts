import type { FilePart, ImagePart, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeScope } from './encode-scope.ts';
import { dialectName, ownExtra } from './types.ts';

/** A part of a message as Gemini's, or undefined where it cannot be said. */
export function encodePart(part: Part, scope: EncodeScope): JsonObject | undefined {
  switch (part.type) {
    case 'text':
      return { text: part.text, ...ownExtra(part.extra) };
    case 'refusal':
      return { text: part.text };
    case 'image':
    case 'file':
      return encodeMedia(part, scope);
    case 'opaque':
      if (part.dialect === dialectName) return part.value;
  }
  scope.losses.meaning('part.unknown', `a part of the ${part.dialect} dialect is unknown here`);
  return undefined;
}

function encodeMedia(part: ImagePart | FilePart, scope: EncodeScope): JsonObject | undefined {
  if (part.type === 'image' && scope.target.abilities.images === false) {
    scope.losses.meaning('image', 'the model takes no images');
    return undefined;
  }
  const { source } = part;
  if (source.kind === 'data') {
    return { inlineData: { mimeType: source.mediaType, data: source.base64 }, ...ownExtra(part.extra) };
  }
  if (source.kind === 'file-id' && source.dialect !== dialectName) {
    scope.losses.meaning(`${part.type}.file-id`, 'the file was uploaded to another provider');
    return undefined;
  }
  const uri = source.kind === 'url' ? source.url : source.id;
  // Where the caller named the type, `extra` holds the whole field.
  return { fileData: { mimeType: guessMediaType(uri, part.type), fileUri: uri }, ...ownExtra(part.extra) };
}

const mediaTypes: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/plain',
  csv: 'text/csv',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
};

/** Gemini wants a media type with every URI; other dialects have none. */
function guessMediaType(uri: string, kind: 'image' | 'file'): string {
  const extension = /\.(\w+)(?:[?#]|$)/.exec(uri)?.[1]?.toLowerCase() ?? '';
  return mediaTypes[extension] ?? (kind === 'image' ? 'image/jpeg' : 'application/pdf');
}
