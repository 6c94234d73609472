import type { Reply } from '../../core/events.ts';
import type { CanonicalRequest, Item, Part, ToolResultItem } from '../../core/items.ts';
import { noUsage } from '../../core/usage.ts';
import { demoCall } from './demo-call.ts';
import { sampleOf } from './sample-of.ts';

const introduction =
  "This is Turnpike's demo model: no real model, only fixed sentences to show that everything is connected.";

const advice =
  'To work with a real model, set a key such as OPENAI_API_KEY, ANTHROPIC_API_KEY or GEMINI_API_KEY and start Turnpike ' +
  'again, or name your providers in a configuration file.';

/** Longest quotation of what a tool or a person said, in characters. */
const maxQuote = 600;

/** What the demo answers: one harmless command where tools are offered, then what came of it. */
export function demoReply(request: CanonicalRequest, requestBytes: number, newId: (prefix: string) => string): Reply {
  const items = itemsFor(request, newId);
  return {
    id: newId('resp_'),
    model: request.model,
    items,
    stop: 'complete',
    // Tokens are about four bytes each; the demo costs nothing, so nobody pays for the difference.
    usage: { ...noUsage, inputTokens: tokensOf(requestBytes), outputTokens: tokensOf(JSON.stringify(items).length) },
  };
}

function itemsFor(request: CanonicalRequest, newId: (prefix: string) => string): readonly Item[] {
  const message = (text: string): Item => ({
    type: 'message',
    role: 'assistant',
    id: newId('msg_'),
    parts: [{ type: 'text', text }],
  });
  const format = request.outputFormat;
  if (format?.type === 'json-schema') return [message(JSON.stringify(sampleOf(format.schema, 'Turnpike demo')))];
  if (format?.type === 'json') return [message('{"demo":true}')];
  const last = request.items.findLast((item) => item.type === 'message' || item.type === 'tool-result');
  if (last?.type === 'tool-result') return [message(afterTool(last))];
  const call = demoCall(request, newId('call_'));
  if (call) return [message(`${introduction} It now asks your agent to run one harmless command.`), call];
  return [message(`${introduction}${echo(last)}\n\n${advice}`)];
}

function afterTool(result: ToolResultItem): string {
  const output = quote(textOf(result.output));
  const told =
    output === ''
      ? 'Your agent ran the tool; it returned no text.'
      : `Your agent ran the tool and returned:\n\n${output}`;
  return `${told}\n\nSo the whole way works: agent, gateway, model and tools. ${introduction} ${advice}`;
}

function echo(last: Item | undefined): string {
  const said = last?.type === 'message' && last.role === 'user' ? quote(textOf(last.parts.slice(-1))) : '';
  return said === '' ? '' : ` You said:\n\n${said}`;
}

function quote(text: string): string {
  const short = text.length > maxQuote ? `${text.slice(0, maxQuote)}…` : text;
  const trimmed = short.trim();
  return trimmed === '' ? '' : trimmed.replaceAll(/^/gm, '> ');
}

function textOf(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n');
}

function tokensOf(bytes: number): number {
  return Math.ceil(bytes / 4);
}
