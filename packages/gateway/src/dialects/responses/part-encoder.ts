import type { FilePart, ImagePart, MediaSource, Part } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { urlOfSource } from '../shared/media.ts';
import { markOf, wholeValue, withExtra } from './extra.ts';
import type { TextType } from './types.ts';
import type { WriteScope } from './write-scope.ts';

/** Writes content parts; those that cannot be said are noted as losses and left out. */
export function encodeParts(parts: readonly Part[], textType: TextType, scope: WriteScope): readonly JsonObject[] {
  return parts.map((part) => encodePart(part, textType, scope)).filter((part) => part !== undefined);
}

function encodePart(part: Part, textType: TextType, scope: WriteScope): JsonObject | undefined {
  switch (part.type) {
    case 'text': {
      const type = markOf(part.extra, '#type') ?? textType;
      return withExtra({ type, text: part.text }, part.extra, scope.home);
    }
    case 'refusal':
      return withExtra({ type: 'refusal', refusal: part.text }, part.extra, scope.home);
    case 'image':
      return encodeImage(part, scope);
    case 'file':
      return encodeFile(part, scope);
    default:
      if (part.dialect === 'responses') return wholeValue(part.value, scope.home);
      return loseMeaning(scope, 'part', `a content part of the ${part.dialect} API has no counterpart here`);
  }
}

function encodeImage(part: ImagePart, scope: WriteScope): JsonObject | undefined {
  if (!scope.images) return loseMeaning(scope, 'image', 'the model takes no images');
  const where = whereabouts(part.source, { url: 'image_url', data: 'image_url' });
  if (!where) return loseMeaning(scope, 'image', 'a file id of another API means nothing here');
  const detail = part.detail === undefined ? {} : { detail: part.detail };
  return withExtra({ type: 'input_image', ...where, ...detail }, part.extra, scope.home);
}

function encodeFile(part: FilePart, scope: WriteScope): JsonObject | undefined {
  const { source } = part;
  if (source.kind === 'data' && /^(audio|video)\//.test(source.mediaType)) {
    return loseMeaning(scope, 'file', `${source.mediaType} is not taken here`);
  }
  const where = whereabouts(source, { url: 'file_url', data: 'file_data' });
  if (!where) return loseMeaning(scope, 'file', 'a file id of another API means nothing here');
  return withExtra({ type: 'input_file', ...where, ...filenameOf(part) }, part.extra, scope.home);
}

/** OpenAI refuses inline bytes without a file name. */
function filenameOf(part: FilePart): JsonObject {
  if (part.filename !== undefined) return { filename: part.filename };
  if (part.source.kind !== 'data') return {};
  return { filename: part.source.mediaType === 'application/pdf' ? 'file.pdf' : 'file' };
}

function whereabouts(source: MediaSource, names: { url: string; data: string }): JsonObject | undefined {
  if (source.kind === 'file-id') return source.dialect === 'responses' ? { file_id: source.id } : undefined;
  const url = urlOfSource(source);
  return url === undefined ? undefined : { [names[source.kind]]: url };
}

function loseMeaning(scope: WriteScope, what: string, why: string): undefined {
  scope.losses.meaning(what, why);
}
