import type { CacheMark, FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject, unknownFields } from '../../core/json.ts';
import { sourceOfUrl } from '../shared/media.ts';
import { malformed, optional, readArray, readObject, readString } from './fields.ts';
import { given } from '../shared/given.ts';
import { extraOf } from './types.ts';

/** A message's content as parts. An empty string has none. */
export function decodeContent(content: Json | undefined, path: string): readonly Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw malformed(path, 'a string or an array of parts');
  return readArray(content, path).map((part, at) => decodePart(part, `${path}[${at}]`));
}

function decodePart(value: Json, path: string): Part {
  if (typeof value === 'string') return { type: 'text', text: value };
  const part = readObject(value, path);
  switch (readString(part['type'], `${path}.type`)) {
    case 'text':
      return {
        type: 'text',
        text: readString(part['text'], `${path}.text`),
        ...cacheOf(part),
        ...rest(part, 'text'),
      };
    case 'refusal':
      return { type: 'refusal', text: readString(part['refusal'], `${path}.refusal`), ...rest(part, 'refusal') };
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
  const image = typeof value === 'string' ? { url: value } : readObject(value, `${path}.image_url`);
  return {
    type: 'image',
    source: sourceOfUrl(readString(image['url'], `${path}.image_url.url`)),
    ...given('detail', optional(image['detail'], `${path}.image_url.detail`, readString)),
    ...cacheOf(part),
    ...rest(part, 'image_url'),
  };
}

function decodeAudio(part: JsonObject, path: string): FilePart {
  const audio = readObject(part['input_audio'], `${path}.input_audio`);
  const format = readString(audio['format'], `${path}.input_audio.format`);
  const base64 = readString(audio['data'], `${path}.input_audio.data`);
  return {
    type: 'file',
    source: { kind: 'data', mediaType: `audio/${format}`, base64 },
    ...cacheOf(part),
    ...rest(part, 'input_audio'),
  };
}

function decodeFile(part: JsonObject, path: string): FilePart {
  const file = readObject(part['file'], `${path}.file`);
  return {
    type: 'file',
    source: fileSource(file, `${path}.file`),
    ...given('filename', optional(file['filename'], `${path}.file.filename`, readString)),
    ...cacheOf(part),
    ...rest(part, 'file'),
  };
}

function fileSource(file: JsonObject, path: string): MediaSource {
  const id = optional(file['file_id'], `${path}.file_id`, readString);
  if (id !== undefined) return { kind: 'file-id', dialect: 'chat', id };
  const data = readString(file['file_data'], `${path}.file_data`);
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
