import type { CanonicalRequest } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { decodeRequest as decodeResponses } from '../responses/request-decoder.ts';
import { extraOf } from './types.ts';

/**
 * Cursor writes requests as for Responses, sends them to the address of Chat Completions, and reads answers of Chat Completions.
 * https://forum.cursor.com/t/override-openai-base-url-sends-responses-api-payload-to-chat-completions-but-expects-chat-completions-output/159298
 */
export function isCursorForm(has: (key: string) => boolean): boolean {
  return has('input') && !has('messages');
}

/** Reads such a request. Of what Chat has no name for only the options of the stream count: the answer depends on them. */
export function decodeCursorForm({ stream_options: options, ...body }: JsonObject): CanonicalRequest {
  const { extra: _, ...request } = decodeResponses(body);
  return { ...request, ...extraOf(options === undefined ? undefined : { stream_options: options }) };
}
