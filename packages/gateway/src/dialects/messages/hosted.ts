import type { HostedCallItem } from '../../core/items.ts';
import { isJsonObject, type JsonObject } from '../../core/json.ts';
import { type Block, here } from './types.ts';

/** Common names of the tools Anthropic runs, by the start of their versioned type or the name in a call. */
const commonNames: readonly (readonly [prefix: string, name: string])[] = [
  ['web_search', 'web_search'],
  ['web_fetch', 'web_fetch'],
  ['code_execution', 'code_interpreter'],
  ['bash_code_execution', 'code_interpreter'],
  ['text_editor_code_execution', 'code_interpreter'],
  ['tool_search_tool', 'tool_search'],
  ['advisor', 'advisor'],
  ['mcp_toolset', 'mcp'],
];

/** The field's common name of a tool that Anthropic runs, by its type or call name; undefined for any other. */
export function hostedName(typeOrName: string): string | undefined {
  return commonNames.find(([prefix]) => typeOrName.startsWith(prefix))?.[1];
}

/** Whether a block is a call that the provider ran itself. */
export function isHostedUse(block: Block): boolean {
  return block['type'] === 'server_tool_use' || block['type'] === 'mcp_tool_use';
}

/** Whether a block is the result of a call that the provider ran itself. */
export function isHostedResult(block: Block): boolean {
  const { type, tool_use_id: id } = block;
  return typeof type === 'string' && type !== 'tool_result' && type.endsWith('_tool_result') && typeof id === 'string';
}

/** Whether `result` answers `use`. */
export function answers(result: Block, use: Block): boolean {
  return isHostedResult(result) && result['tool_use_id'] === use['id'];
}

/** A hosted call as an item. `value.blocks` holds the call, its result, or both, as they came. */
export function hostedItem(blocks: readonly [Block, ...Block[]]): HostedCallItem {
  const first = blocks[0];
  const id = first['id'];
  const value: JsonObject = { blocks };
  return {
    type: 'hosted-call',
    tool: hostedTool(first),
    dialect: here,
    value,
    ...(typeof id === 'string' ? { id } : {}),
  };
}

/** The common name of a hosted call by its first block. */
export function hostedTool(block: Block): string {
  const { type, name } = block;
  if (type === 'mcp_tool_use' || type === 'mcp_tool_result') return 'mcp';
  if (typeof name === 'string') return hostedName(name) ?? name;
  return typeof type === 'string' ? (hostedName(type) ?? type) : 'unknown';
}

/** The blocks of a hosted call of this dialect. */
export function hostedBlocks(item: HostedCallItem): readonly Block[] {
  const blocks = item.dialect === here ? item.value['blocks'] : undefined;
  return Array.isArray(blocks) ? blocks.filter(isJsonObject) : [];
}
