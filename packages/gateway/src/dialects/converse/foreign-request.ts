import type { CanonicalRequest, Extra, FilePart, Item, Part, Tool } from '../../core/items.ts';
import { loseForeignFields } from '../shared/foreign-fields.ts';
import { given } from '../shared/given.ts';
import { type LossList, loseOpaque } from '../shared/losses.ts';
import { documentFormat } from './document-formats.ts';

/** The dialect in whose form the request is built: what only it knows has no place at Bedrock. */
const model = 'messages';

/**
 * The request without all that a caller wrote in Messages alone, so that it is built for Bedrock as any other. What that loses is noted.
 * Blank texts go too: the API refuses them.
 */
export function withoutOwnFields(request: CanonicalRequest, losses: LossList): CanonicalRequest {
  const { extra, toolChoice, ...rest } = request;
  if (extra?.dialect === model) loseForeignFields(request, 'converse', losses);
  const isOwnChoice = toolChoice?.mode === 'opaque' && toolChoice.dialect === model;
  if (isOwnChoice) losses.hint('tool_choice', notHere);
  return {
    ...rest,
    ...(extra && extra.dialect !== model ? { extra } : {}),
    ...(toolChoice && !isOwnChoice ? { toolChoice } : {}),
    items: request.items.flatMap((item) => plainItem(item, losses)),
    tools: request.tools.flatMap((tool) => plainTool(tool, losses)),
  };
}

const notHere = 'the Converse API has no such field';

function plainItem(item: Item, losses: LossList): readonly Item[] {
  switch (item.type) {
    case 'message': {
      const parts = plainParts(item.parts, losses);
      return parts.length === 0 ? [] : [{ ...plain(item), parts }];
    }
    case 'tool-call':
      return [plain(item)];
    case 'tool-result': {
      const tools = item.tools?.flatMap((tool) => plainTool(tool, losses));
      return [{ ...plain(item), output: plainParts(item.output, losses), ...(tools ? { tools } : {}) }];
    }
    case 'tools':
      return [{ ...plain(item), tools: item.tools.flatMap((tool) => plainTool(tool, losses)) }];
    case 'hosted-call':
      if (item.dialect !== model) return [item];
      losses.hint(`history.${item.tool}`, 'a call that another provider ran itself is not retold');
      return [];
    case 'opaque':
      if (item.dialect !== model) return [item];
      loseOpaque(item, losses);
      return [];
    default:
      return [item];
  }
}

function plainParts(parts: readonly Part[], losses: LossList): readonly Part[] {
  return parts.flatMap((part): readonly Part[] => {
    if (part.type === 'opaque') {
      if (part.dialect !== model) return [part];
      losses.meaning(`part.${part.dialect}`, 'content of a kind that only its own dialect knows');
      return [];
    }
    if (part.type === 'file' && isOffice(part)) return [officeDocument(part)];
    return 'text' in part && part.text.trim() === '' ? [] : [plain(part)];
  });
}

function isOffice({ source }: FilePart): boolean {
  return (
    source.kind === 'data' && source.mediaType !== 'application/pdf' && documentFormat(source.mediaType) !== undefined
  );
}

/** Claude's own API reads no Word files and tables, Bedrock does: they pass it as a block that is already written. */
function officeDocument({ source, filename, cache }: FilePart): Part {
  const data = source.kind === 'data' ? { media_type: source.mediaType, data: source.base64 } : {};
  return {
    type: 'opaque',
    dialect: model,
    value: {
      type: 'document',
      source: { type: 'base64', ...data },
      ...given('title', filename),
      ...(cache ? { cache_control: { ...cache } } : {}),
    },
  };
}

function plainTool(tool: Tool, losses: LossList): readonly Tool[] {
  switch (tool.type) {
    case 'hosted':
      if (tool.dialect !== model) return [tool];
      losses.hint(`tool.${tool.tool}`, 'a tool that only its own provider runs');
      return [];
    case 'opaque':
      if (tool.dialect !== model) return [tool];
      losses.meaning('tool.unknown', `a tool of a type that only ${tool.dialect} knows`);
      return [];
    case 'namespace':
      return [{ ...plain(tool), tools: tool.tools.map((inner) => plain(inner)) }];
    default:
      return [plain(tool)];
  }
}

/** Fields that no dialect takes for its own. */
const nothing: Extra = { dialect: 'converse', fields: {} };

function plain<Held extends { readonly extra?: Extra }>(held: Held): Held {
  return held.extra?.dialect === model ? { ...held, extra: nothing } : held;
}
