import type { HostedCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { dialectName, objectField, objectsField, stringField } from './types.ts';

/** Built-in tools by the field's common names. */
const toolTypes: Readonly<Record<string, string>> = {
  GOOGLE_SEARCH_WEB: 'web_search',
  GOOGLE_SEARCH_IMAGE: 'web_search',
  URL_CONTEXT: 'web_fetch',
  FILE_SEARCH: 'file_search',
};

/** A part that tells of a tool Google ran itself, or undefined. It is kept whole. */
export function hostedCallOf(part: JsonObject): HostedCallItem | undefined {
  const tool = hostedTool(part);
  return tool === undefined ? undefined : { type: 'hosted-call', tool, dialect: dialectName, value: part };
}

function hostedTool(part: JsonObject): string | undefined {
  if (objectField(part, 'executableCode') || objectField(part, 'codeExecutionResult')) return 'code_interpreter';
  const call = objectField(part, 'toolCall') ?? objectField(part, 'toolResponse');
  if (!call) return undefined;
  const type = stringField(call, 'toolType') ?? '';
  return toolTypes[type] ?? type.toLowerCase();
}

/** The search that an answer rests on, or undefined. */
export function groundingOf(candidate: JsonObject): HostedCallItem | undefined {
  const grounding = objectField(candidate, 'groundingMetadata');
  if (!grounding) return undefined;
  const searched =
    Array.isArray(grounding['webSearchQueries']) || objectsField(grounding, 'groundingChunks').length > 0;
  if (!searched) return undefined;
  return { type: 'hosted-call', tool: 'web_search', dialect: dialectName, value: { groundingMetadata: grounding } };
}
