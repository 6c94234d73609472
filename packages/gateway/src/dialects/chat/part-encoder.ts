import type { CacheMark, FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import type { EncodeTarget } from '../dialect.ts';
import { urlOfSource } from '../shared/media.ts';
import type { LossList } from '../shared/losses.ts';
import { given } from '../shared/given.ts';
import { type ChatPart, ownFields, typeOf } from './types.ts';

/** What every part of the encoder needs to know. */
export interface EncodeScope {
  readonly target: EncodeTarget;
  readonly losses: LossList;
}

/** Vendors whose Chat API documents `file` parts. Elsewhere a PDF would be refused or, worse, ignored. */
const takesFiles: ReadonlySet<string> = new Set(['openai', 'openrouter']);

/** The parts of a message as content parts. What has no form here is a loss and left out. */
export function encodeParts(parts: readonly Part[], scope: EncodeScope): readonly ChatPart[] {
  return parts.map((part) => encodePart(part, scope)).filter((part) => part !== undefined);
}

function encodePart(part: Part, scope: EncodeScope): ChatPart | undefined {
  switch (part.type) {
    case 'text':
      return { type: 'text', text: part.text, ...cacheControl(part.cache, scope), ...ownFields(part) };
    case 'refusal':
      if (scope.target.issuer === 'openai') return { type: 'refusal', refusal: part.text, ...ownFields(part) };
      return { type: 'text', text: part.text };
    case 'image':
      return encodeImage(part, scope);
    case 'file':
      return encodeFile(part, scope);
    default:
      if (part.dialect === 'chat') return { ...part.value, type: typeOf(part.value) };
      scope.losses.meaning('part.unknown', `Chat Completions has no form for a part of type ${typeOf(part.value)}`);
      return undefined;
  }
}

function encodeImage(part: ImagePart, scope: EncodeScope): ChatPart | undefined {
  const url = urlOfSource(part.source);
  if (scope.target.abilities.images === false) {
    scope.losses.meaning('image', `the model ${scope.target.model} takes no images`);
    return undefined;
  }
  if (url === undefined) {
    scope.losses.meaning('image', 'an uploaded image is known only to the provider it was uploaded to');
    return undefined;
  }
  const image = { url, ...given('detail', detailOf(part.detail)) };
  return { type: 'image_url', image_url: image, ...cacheControl(part.cache, scope), ...ownFields(part) };
}

/** The Chat API knows three words; finer ones (`original`) mean the best there is. */
function detailOf(detail: string | undefined): string | undefined {
  return detail === undefined || detail === 'auto' || detail === 'low' ? detail : 'high';
}

function encodeFile(part: FilePart, scope: EncodeScope): ChatPart | undefined {
  const { source } = part;
  const mediaType = source.kind === 'data' ? source.mediaType : '';
  const rest = { ...cacheControl(part.cache, scope), ...ownFields(part) };
  if (source.kind === 'data' && mediaType.startsWith('audio/')) {
    return {
      type: 'input_audio',
      input_audio: { data: source.base64, format: mediaType.slice('audio/'.length) },
      ...rest,
    };
  }
  const text = source.kind === 'data' ? plainText(mediaType, source.base64) : undefined;
  if (text !== undefined) {
    const title = part.filename === undefined ? '' : `${part.filename}:\n`;
    return { type: 'text', text: title + text, ...rest };
  }
  const file = takesFiles.has(scope.target.issuer) ? fileBody(source, scope) : undefined;
  if (file) return { type: 'file', file: { ...file, ...given('filename', part.filename) }, ...rest };
  scope.losses.meaning(
    'file',
    `the Chat API of ${scope.target.issuer} cannot take this file${mediaType && ` (${mediaType})`}`,
  );
  return undefined;
}

function plainText(mediaType: string, base64: string): string | undefined {
  const isText = mediaType.startsWith('text/') || mediaType === 'application/json';
  return isText ? Buffer.from(base64, 'base64').toString('utf8') : undefined;
}

/** OpenAI takes data and its own file ids, OpenRouter data and URLs. */
function fileBody(source: MediaSource, scope: EncodeScope): JsonObject | undefined {
  const atHome = scope.target.issuer === 'openai';
  if (source.kind === 'file-id') {
    return atHome && (source.dialect === 'chat' || source.dialect === 'responses') ? { file_id: source.id } : undefined;
  }
  if (source.kind === 'url' && atHome) return undefined;
  return { file_data: urlOfSource(source) };
}

/** Only OpenRouter documents the caller's own marks in this dialect; strict vendors refuse the unknown field. */
export function cacheControl(mark: CacheMark | undefined, scope: EncodeScope): JsonObject {
  if (mark === undefined || scope.target.issuer !== 'openrouter') return {};
  return { cache_control: { type: 'ephemeral', ...given('ttl', mark.ttl) } };
}

/**
 * Content as most vendors like it best: one string wherever only text is said, because many take nothing else in system,
 * assistant and tool messages. `asArray` keeps the form that the caller used itself.
 */
export function encodeContent(
  parts: readonly Part[],
  scope: EncodeScope,
  form: { readonly asArray: boolean; readonly separator: string },
): string | readonly ChatPart[] {
  const encoded = encodeParts(parts, scope);
  const plain = encoded.every((part) => part.type === 'text' && part['cache_control'] === undefined);
  if (!plain || (form.asArray && encoded.length > 0)) return encoded;
  return encoded.map(({ text }) => (typeof text === 'string' ? text : '')).join(form.separator);
}
