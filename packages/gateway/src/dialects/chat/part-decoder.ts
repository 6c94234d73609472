import type { CacheMark, FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { sourceOfUrl } from '../shared/media.ts';
import { given } from '../shared/given.ts';
import { malformed, optionalString, requiredObject, requiredString } from '../shared/read-fields.ts';
import { extraOf } from './types.ts';

/** A message's content as parts. An empty string has none. */
export function decodeContent(content: Json | undefined, path: string): readonly Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw malformed(path, 'a string or an array of parts', content);
  return content.map((part: Json, at) => decodePart(part, `${path}[${at}]`));
}

function decodePart(value: Json, path: string): Part {
  if (typeof value === 'string') return { type: 'text', text: value };
  if (!isJsonObject(value)) throw malformed(path, 'an object', value);
  const part = value;
  switch (requiredString(part, 'type', path)) {
    case 'text':
      return {
        type: 'text',
        text: requiredString(part, 'text', path),
        ...cacheOf(part),
        ...rest(part, 'text'),
      };
    case 'refusal':
      return { type: 'refusal', text: requiredString(part, 'refusal', path), ...rest(part, 'refusal') };
    case 'image_url':
      return decodeImage(part, path);
    case 'input_audio':
      return decodeAudio(part, path);
    case 'file':
      return decodeFile(part, path);
    default:
      return { type: 'opaque', dialect: 'chat', value: part };
  }
}

/** `image_url` is an object at its home and a bare string at Mistral. */
function decodeImage(part: JsonObject, path: string): ImagePart {
  const value = part['image_url'];
  const image = typeof value === 'string' ? { url: value } : requiredObject(part, 'image_url', path);
  return {
    type: 'image',
    source: sourceOfUrl(requiredString(image, 'url', `${path}.image_url`)),
    ...given('detail', optionalString(image, 'detail', `${path}.image_url`)),
    ...cacheOf(part),
    ...rest(part, 'image_url'),
  };
}

function decodeAudio(part: JsonObject, path: string): FilePart {
  const audio = requiredObject(part, 'input_audio', path);
  const format = requiredString(audio, 'format', `${path}.input_audio`);
  const base64 = requiredString(audio, 'data', `${path}.input_audio`);
  return {
    type: 'file',
    source: { kind: 'data', mediaType: `audio/${format}`, base64 },
    ...cacheOf(part),
    ...rest(part, 'input_audio'),
  };
}

function decodeFile(part: JsonObject, path: string): FilePart {
  const file = requiredObject(part, 'file', path);
  return {
    type: 'file',
    source: fileSource(file, `${path}.file`),
    ...given('filename', optionalString(file, 'filename', `${path}.file`)),
    ...cacheOf(part),
    ...rest(part, 'file'),
  };
}

function fileSource(file: JsonObject, path: string): MediaSource {
  const id = optionalString(file, 'file_id', path);
  if (id !== undefined) return { kind: 'file-id', dialect: 'chat', id };
  const data = requiredString(file, 'file_data', path);
  // A URL or a data URL by the book; some clients leave the prefix out, and then it is a PDF.
  if (data.includes(':')) return sourceOfUrl(data);
  return { kind: 'data', mediaType: 'application/pdf', base64: data };
}

/** OpenRouter's and Alibaba's form of a prompt-cache marker. */
export function cacheOf(carrier: JsonObject): { readonly cache?: CacheMark } {
  const control = carrier['cache_control'];
  if (!isJsonObject(control)) return {};
  const ttl = control['ttl'];
  return { cache: typeof ttl === 'string' ? { ttl } : {} };
}

function rest(part: JsonObject, content: string) {
  return extraOf(unknownFields(part, new Set(['type', 'cache_control', content])));
}
