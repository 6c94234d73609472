import type { Tool } from '../../core/items.ts';
import type { ToolTable } from './tool-table.ts';

/** What a search for tools tells a model that has no such thing: the tools it found have joined its functions. */
export function tellFoundTools(found: readonly Tool[], tools: ToolTable): string {
  const names = found.flatMap((tool) => {
    if (tool.type === 'namespace') {
      return tool.tools.map((inner) => tools.wireName({ name: inner.name, namespace: tool.name }, inner.type));
    }
    return tool.type === 'function' || tool.type === 'custom' ? [tools.wireName({ name: tool.name }, tool.type)] : [];
  });
  return names.length === 0
    ? 'No tools were found.'
    : `Found these tools, which can be called now: ${names.join(', ')}`;
}
