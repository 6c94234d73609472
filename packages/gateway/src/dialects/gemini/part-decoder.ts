import type { FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { unknownFields } from '../../core/json.ts';
import { dialectName, extraOf, fieldOf, objectField, signatureField, stringField } from './types.ts';

/** Fields of a part that are read elsewhere. */
const handled: ReadonlySet<string> = new Set(['text', 'thought', signatureField, 'thought_signature']);
const mediaFields: ReadonlySet<string> = new Set(['inlineData', 'inline_data', 'fileData', 'file_data']);

/** A part of a content that is neither a call nor a result. */
export function decodePart(part: JsonObject): Part {
  const text = fieldOf(part, 'text');
  if (typeof text === 'string') return { type: 'text', text, ...extraOf(unknownFields(part, handled)) };
  const { [signatureField]: _signature, thought_signature: _snake, ...value } = part;
  return decodeMedia(part) ?? { type: 'opaque', dialect: dialectName, value };
}

/** An image or file part, or undefined where the part is neither. */
export function decodeMedia(part: JsonObject): ImagePart | FilePart | undefined {
  const inline = objectField(part, 'inlineData');
  const file = objectField(part, 'fileData');
  const source = inline ? inlineSource(inline) : file && fileSource(file);
  if (!source) return undefined;
  const mediaType = stringField(inline ?? file ?? {}, 'mimeType') ?? '';
  const rest = unknownFields(part, new Set([...handled, ...mediaFields]));
  // A URI's media type, a display name: the canonical form has no place for them.
  const whole = file ? { fileData: file } : wholeInline(inline);
  const type = mediaType.startsWith('image/') ? 'image' : 'file';
  return { type, source, ...extraOf({ ...whole, ...rest }) };
}

function inlineSource(inline: JsonObject): MediaSource | undefined {
  const data = fieldOf(inline, 'data');
  const mediaType = stringField(inline, 'mimeType') ?? 'application/octet-stream';
  return typeof data === 'string' ? { kind: 'data', mediaType, base64: data } : undefined;
}

function wholeInline(inline: JsonObject | undefined): JsonObject {
  return inline && Object.keys(inline).length > 2 ? { inlineData: inline } : {};
}

function fileSource(file: JsonObject): MediaSource | undefined {
  const uri = stringField(file, 'fileUri');
  if (uri === undefined) return undefined;
  // Uploaded files have an address too, but only their own provider can open it.
  const own = uri.startsWith('gs://') || uri.includes('/v1beta/files/') || !uri.includes('://');
  return own ? { kind: 'file-id', dialect: dialectName, id: uri } : { kind: 'url', url: uri };
}
