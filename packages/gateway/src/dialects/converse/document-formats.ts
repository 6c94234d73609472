import type { Json } from '../../core/json.ts';

/**
 * Formats of documents by media type: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_DocumentBlock.html.
 * Any other text counts as plain text.
 */
const formats: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
};

/** The format of a document that is given as bytes. */
export function documentFormat(mediaType: Json | undefined): string | undefined {
  return typeof mediaType === 'string' && Object.hasOwn(formats, mediaType) ? formats[mediaType] : undefined;
}
