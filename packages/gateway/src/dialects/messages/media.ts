import type { FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import { isJsonObject, type JsonObject, unknownFields } from '../../core/json.ts';
import { readCacheControl, writeCacheControl } from './cache-control.ts';
import { given } from '../shared/given.ts';
import { type Block, extraOf, here, ownFields } from './types.ts';

/** Image types that Claude reads. https://platform.claude.com/docs/en/build-with-claude/vision */
const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

const imageFields: ReadonlySet<string> = new Set(['type', 'source', 'cache_control']);
const documentFields: ReadonlySet<string> = new Set(['type', 'source', 'title', 'cache_control']);

/** An image or document block as a part; undefined for a source that is not known here. */
export function readMedia(block: Block): Part | undefined {
  const source = isJsonObject(block['source']) ? readSource(block['source']) : undefined;
  if (!source) return undefined;
  const { cache, rest } = readCacheControl(block);
  if (block['type'] === 'image') {
    const extra = extraOf(merged(unknownFields(block, imageFields), rest));
    return { type: 'image', source, ...given('cache', cache), ...extra };
  }
  const filename = typeof block['title'] === 'string' ? block['title'] : undefined;
  const extra = extraOf(merged(unknownFields(block, documentFields), rest));
  return { type: 'file', source, ...given('filename', filename), ...given('cache', cache), ...extra };
}

/** The block for an image or file, or why Claude cannot take it. */
export function writeMedia(part: ImagePart | FilePart): { block: Block } | { refused: string } {
  const found = part.type === 'image' ? imageSource(part.source) : documentSource(part.source);
  if ('refused' in found) return found;
  const title = part.type === 'file' ? given('title', part.filename) : {};
  return { block: { ...found, ...title, ...writeCacheControl(part.cache), ...ownFields(part) } };
}

type Written = { readonly type: string; readonly source: JsonObject } | { readonly refused: string };

function imageSource(source: MediaSource): Written {
  if (source.kind === 'data' && !imageTypes.has(source.mediaType)) {
    return { refused: `Claude reads no images of type ${source.mediaType}` };
  }
  return written('image', source);
}

function documentSource(source: MediaSource): Written {
  if (source.kind !== 'data') return written('document', source);
  if (imageTypes.has(source.mediaType)) return written('image', source);
  if (source.mediaType === 'application/pdf') return written('document', source);
  if (!isText(source.mediaType)) return { refused: `Claude reads no files of type ${source.mediaType}` };
  const data = Buffer.from(source.base64, 'base64').toString('utf8');
  return { type: 'document', source: { type: 'text', media_type: 'text/plain', data } };
}

function written(type: string, source: MediaSource): Written {
  if (source.kind === 'url') return { type, source: { type: 'url', url: source.url } };
  if (source.kind === 'data') {
    return { type, source: { type: 'base64', media_type: source.mediaType, data: source.base64 } };
  }
  if (source.dialect !== here) return { refused: 'a file id means something only at the provider that gave it' };
  return { type, source: { type: 'file', file_id: source.id } };
}

function readSource(source: JsonObject): MediaSource | undefined {
  const { type, media_type: mediaType, data, url, file_id: id } = source;
  if (type === 'base64' && typeof mediaType === 'string' && typeof data === 'string') {
    return { kind: 'data', mediaType, base64: data };
  }
  if (type === 'text' && mediaType === 'text/plain' && typeof data === 'string') {
    return { kind: 'data', mediaType, base64: Buffer.from(data).toString('base64') };
  }
  if (type === 'url' && typeof url === 'string') return { kind: 'url', url };
  if (type === 'file' && typeof id === 'string') return { kind: 'file-id', dialect: here, id };
  return undefined;
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || /^application\/(json|xml|x?-?yaml|javascript|toml)\b/.test(mediaType);
}

function merged(first: JsonObject | undefined, second: JsonObject | undefined): JsonObject | undefined {
  return first || second ? { ...first, ...second } : undefined;
}
