import { declaredTools } from '../../dialects/shared/tool-table.ts';
import type { CanonicalRequest, CustomTool, FunctionTool, ToolCallItem, ToolName } from '../../core/items.ts';
import { isJsonObject } from '../../core/json.ts';
import { sampleOf } from './sample-of.ts';

/** The only thing the demo ever asks an agent to run. */
export const demoCommand = 'echo hello from the Turnpike demo';

const purpose = 'Show that the Turnpike demo can run a command';

/** Names under which agents offer to run a shell command. */
const shellNames =
  /^(?:exec_command|shell|bash|shell_command|run_shell_command|run_command|execute_command|run_terminal_cmd)$/i;

/** Codex in code mode has one freeform tool that runs JavaScript, which may call the others. */
const codeToolName = 'exec';

interface Offered {
  readonly name: ToolName;
  readonly tool: FunctionTool | CustomTool;
}

/** The harmless call for the tools on offer, or undefined where none of them runs commands. */
export function demoCall(request: CanonicalRequest, callId: string): ToolCallItem | undefined {
  if (request.toolChoice?.mode === 'none') return undefined;
  for (const { name, tool } of offeredTools(request)) {
    const input = inputFor(tool);
    if (input !== undefined) return { type: 'tool-call', kind: tool.type, callId, tool: name, input };
  }
  return undefined;
}

function inputFor(tool: FunctionTool | CustomTool): string | undefined {
  if (tool.type === 'custom') {
    const code = `text(await tools.exec_command({cmd: ${JSON.stringify(demoCommand)}}))`;
    return tool.name === codeToolName ? code : undefined;
  }
  return shellNames.test(tool.name) ? shellArguments(tool) : undefined;
}

function shellArguments({ schema }: FunctionTool): string | undefined {
  const properties = schema?.['properties'];
  if (!isJsonObject(properties)) return undefined;
  const field = ['cmd', 'command', 'script'].find((name) => properties[name] !== undefined);
  if (field === undefined) return undefined;
  const wanted = properties[field];
  const words = isJsonObject(wanted) && wanted['type'] === 'array';
  const command = words ? demoCommand.split(' ') : demoCommand;
  const required = sampleOf({ type: 'object', properties, required: schema?.['required'] }, purpose);
  return JSON.stringify({ ...(isJsonObject(required) ? required : {}), [field]: command });
}

function offeredTools(request: CanonicalRequest): readonly Offered[] {
  return declaredTools(request).flatMap((tool): Offered[] => {
    if (tool.type === 'namespace') {
      return tool.tools.map((inner) => ({ name: { name: inner.name, namespace: tool.name }, tool: inner }));
    }
    return tool.type === 'function' || tool.type === 'custom' ? [{ name: { name: tool.name }, tool }] : [];
  });
}
