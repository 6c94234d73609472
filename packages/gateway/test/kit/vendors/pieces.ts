import type { Json } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool } from '../conversation.ts';
import type { Answer, ScriptedCall, TokenCounts } from '../model-script.ts';
import type { Mint } from './mint.ts';
import { sealHistory } from './responses-rules.ts';
import type { Piece, Vendor, VendorReply, VendorRequest } from './vendor.ts';

/** Turns what the script says into the vendor's answer: calls in the form in which their tools were declared, ids and seals added. */
export function buildReply(options: {
  readonly vendor: Vendor;
  readonly mint: Mint;
  readonly request: VendorRequest;
  readonly conversation: Conversation;
  readonly answer: Answer;
}): VendorReply {
  const { vendor, mint, conversation, answer } = options;
  const pieces: Piece[] = [];
  if (answer.thinking !== undefined) {
    const id = mint.newId(vendor.idPrefixes.thinking, 32);
    const hidden = answer.hidden === true;
    const seal = mint.seal(vendor.sealed({ id, text: answer.thinking, hidden }));
    pieces.push({ type: 'thinking', id, text: answer.thinking, seal, hidden });
  }
  if (answer.text !== undefined) {
    pieces.push({ type: 'text', id: mint.newId(vendor.idPrefixes.text, 32), text: answer.text });
  }
  if (answer.compaction !== undefined) {
    const text = answer.compaction;
    pieces.push({ type: 'compaction', id: mint.newId('cmp_', 32), text, seal: sealHistory(text), hidden: true });
  }
  for (const call of answer.calls ?? []) pieces.push(callPiece(vendor, mint, conversation, call));
  return {
    id: mint.newId(vendor.idPrefixes.reply),
    model: conversation.model,
    pieces,
    usage: countTokens(conversation, answer),
    stop: answer.stop ?? 'end',
  };
}

function callPiece(vendor: Vendor, mint: Mint, conversation: Conversation, call: ScriptedCall): Piece {
  const tool = findTool(conversation.tools, call);
  const id = mint.newId(vendor.idPrefixes[tool.kind], 32);
  return {
    type: 'call',
    id,
    callId: mint.newId(vendor.idPrefixes.call),
    wireName: tool.wireName,
    ...(tool.namespace === undefined ? {} : { namespace: tool.namespace }),
    kind: tool.kind,
    input: inputFor(tool, call.input),
    seal: mint.seal(vendor.sealed({ id, text: '', wireName: tool.wireName })),
  };
}

/** Looks for the tool as a model would: by what it was told. A flat name that ends in the tool's and holds its namespace will do. */
function findTool(tools: readonly DeclaredTool[], call: ScriptedCall): DeclaredTool {
  const wanted = call.namespace ?? '';
  const found =
    tools.find((tool) => tool.wireName === call.name && (tool.namespace ?? '') === wanted) ??
    tools.find((tool) => tool.wireName.endsWith(call.name) && tool.wireName.includes(wanted) && wanted !== '') ??
    tools.find((tool) => tool.wireName === call.name && wanted === '');
  if (found) return found;
  const told = tools.map((tool) => (tool.namespace ? `${tool.namespace}/${tool.wireName}` : tool.wireName)).join(', ');
  throw new Error(`the model was not told of the tool ${wanted}/${call.name}; it knows: ${told}`);
}

function inputFor(tool: DeclaredTool, input: ScriptedCall['input']): string {
  if (typeof input !== 'string') return JSON.stringify(input);
  if (tool.kind === 'custom') return input;
  if (tool.textArgument === undefined) throw new Error(`${tool.wireName} takes no plain text`);
  return JSON.stringify({ [tool.textArgument]: input });
}

function countTokens(conversation: Conversation, answer: Answer): TokenCounts {
  const said = (answer.thinking ?? '') + (answer.text ?? '') + JSON.stringify(answer.calls ?? []);
  const tokens = (value: Json | object): number => Math.ceil(JSON.stringify(value).length / 4);
  return {
    input: tokens(conversation),
    cached: 0,
    cacheWrite: 0,
    output: tokens(said),
    reasoning: answer.thinking === undefined ? 0 : tokens(answer.thinking),
    ...answer.usage,
  };
}

/** Cuts a text into pieces of uneven sizes, never inside a character (vendors send whole characters, too). */
export function oddPieces(text: string): readonly string[] {
  const sizes = [1, 3, 7, 2, 11, 5, 23];
  const characters = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < characters.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(characters.slice(at, at + size).join(''));
    at += size;
  }
  return pieces;
}
