import type { MediaSource, Part } from '../../core/items.ts';
import { isJsonObject, type Json, type JsonObject } from '../../core/json.ts';
import { sourceOfUrl } from '../shared/media.ts';
import { type FieldReader, malformed, readFields } from '../shared/read-fields.ts';
import { extraOf } from './extra.ts';
import type { TextType } from './types.ts';

/** Reads an array of content parts. `textType` is the usual type of text there. */
export function decodeParts(values: readonly Json[], path: string, textType: TextType): readonly Part[] {
  return values.map((value, at) => decodePart(value, `${path}[${at}]`, textType));
}

function decodePart(value: Json, path: string, textType: TextType): Part {
  if (!isJsonObject(value)) throw malformed(path, 'an object', value);
  const fields = readFields(value, path);
  const type = fields.string('type');
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return {
        type: 'text',
        text: fields.requiredString('text'),
        ...extraOf(fields.rest(), type === textType ? {} : { '#type': type }),
      };
    case 'refusal':
      return { type: 'refusal', text: fields.requiredString('refusal'), ...extraOf(fields.rest()) };
    case 'input_image':
      return decodeImage(fields) ?? opaquePart(value);
    case 'input_file':
      return decodeFile(fields) ?? opaquePart(value);
    default:
      return opaquePart(value);
  }
}

function decodeImage(fields: FieldReader): Part | undefined {
  const url = fields.string('image_url');
  const source = url === undefined ? fileIdSource(fields) : sourceOfUrl(url);
  if (!source) return undefined;
  const detail = fields.string('detail');
  return { type: 'image', source, ...(detail === undefined ? {} : { detail }), ...extraOf(fields.rest()) };
}

function decodeFile(fields: FieldReader): Part | undefined {
  const source = fileUrlSource(fields) ?? fileIdSource(fields);
  if (!source) return undefined;
  const filename = fields.string('filename');
  return { type: 'file', source, ...(filename === undefined ? {} : { filename }), ...extraOf(fields.rest()) };
}

function fileIdSource(fields: FieldReader): MediaSource | undefined {
  const id = fields.string('file_id');
  return id === undefined ? undefined : { kind: 'file-id', dialect: 'responses', id };
}

/** Bytes without a data URL have no media type, so nobody else could use them: such a part stays whole as it is. */
function fileUrlSource(fields: FieldReader): MediaSource | undefined {
  const data = fields.string('file_data');
  if (data !== undefined) return data.startsWith('data:') ? sourceOfUrl(data) : undefined;
  const url = fields.string('file_url');
  return url === undefined ? undefined : { kind: 'url', url };
}

function opaquePart(value: JsonObject): Part {
  return { type: 'opaque', dialect: 'responses', value };
}
