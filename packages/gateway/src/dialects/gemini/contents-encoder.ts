import type { Extra, HostedCallItem, Item, MessageItem, ReasoningItem, ToolCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson, unknownFields } from '../../core/json.ts';
import { freeformArguments } from '../shared/freeform.ts';
import { isEmptySeal } from '../shared/seal.ts';
import { loseOpaque } from '../shared/losses.ts';
import type { ContentsWriter } from './contents-writer.ts';
import { apartField, createContentsWriter } from './contents-writer.ts';
import type { EncodeScope } from './encode-scope.ts';
import { encodePart } from './part-encoder.ts';
import type { ResultWriter } from './result-encoder.ts';
import { createResultWriter } from './result-encoder.ts';
import type { Signature } from './signatures.ts';
import { noSignature, signatureOf } from './signatures.ts';
import type { Content } from './types.ts';
import { dialectName, isMadeCallId, ownExtra, signatureField } from './types.ts';

interface Writers {
  readonly contents: ContentsWriter;
  readonly results: ResultWriter;
}

/** The history as contents of alternating roles. All results of a step stand together, right behind its calls. */
export function encodeContents(items: readonly Item[], scope: EncodeScope): readonly Content[] {
  const contents = createContentsWriter();
  const writers: Writers = { contents, results: createResultWriter(items, contents, scope) };
  for (const item of items) encodeItem(item, writers, scope);
  contents.settle();
  writers.results.flush();
  return scope.traits.atLeast3 ? contents.contents.map(withSignature) : contents.contents;
}

function encodeItem(item: Item, writers: Writers, scope: EncodeScope): void {
  switch (item.type) {
    case 'message':
      return item.role === 'assistant' ? encodeAnswer(item, writers, scope) : encodeQuestion(item, writers, scope);
    case 'reasoning':
      return encodeReasoning(item, writers, scope);
    case 'tool-call':
      writers.contents.say(encodeCall(item, scope), item.extra);
      return writers.results.expect(item);
    case 'tool-result':
      writers.contents.settle();
      return writers.results.answer(item);
    case 'hosted-call':
      return encodeHostedCall(item, writers, scope);
    case 'opaque':
      if (item.dialect === dialectName) return writers.contents.say(item.value);
      return loseOpaque(item, scope.losses);
    case 'tools':
    case 'compaction':
    case 'compaction-trigger':
      return;
  }
}

function encodeAnswer(item: MessageItem, { contents }: Writers, scope: EncodeScope): void {
  encodeParts(item, scope).forEach((part, at) => contents.say(part, at === 0 ? item.extra : undefined));
}

function encodeQuestion(item: MessageItem, { contents, results }: Writers, scope: EncodeScope): void {
  contents.settle();
  results.flush();
  if (item.role !== 'user') {
    scope.losses.hint(`message.${item.role}`, 'instructions inside the conversation are told in the role of the user');
  }
  encodeParts(item, scope).forEach((part, at) => contents.hear(part, at === 0 ? item.extra : undefined));
}

function encodeParts(item: MessageItem, scope: EncodeScope): readonly JsonObject[] {
  return item.parts.map((part) => encodePart(part, scope)).filter((part) => part !== undefined);
}

function encodeReasoning(item: ReasoningItem, { contents }: Writers, scope: EncodeScope): void {
  const signature = signatureFor(item, scope);
  const beside = signature?.place === 'thought' ? { [signatureField]: signature.text } : {};
  // Gemini does not want its summaries back. They are only written for a caller of this very dialect who sent them.
  if (ownExtra(item.extra)['thought'] === true) {
    contents.say({ text: item.summary.join(''), thought: true, ...beside }, item.extra);
  }
  if (signature?.place === 'alone') contents.say({ text: '', [signatureField]: signature.text }, item.extra);
  if (signature?.place === 'next') contents.sign(signature.text);
}

function signatureFor({ seal }: ReasoningItem, scope: EncodeScope): Signature | undefined {
  if (!seal) return undefined;
  if (seal.issuer === scope.target.issuer) return signatureOf(seal.data);
  if (isEmptySeal(seal)) return undefined;
  scope.losses.hint('reasoning.seal', `reasoning sealed by ${seal.issuer} cannot be read by ${scope.target.issuer}`);
  return undefined;
}

function encodeCall(item: ToolCallItem, scope: EncodeScope): JsonObject {
  const id = isMadeCallId(item.callId) ? {} : { id: item.callId };
  const functionCall = { ...id, name: scope.tools.wireName(item.tool, item.kind), args: callArguments(item, scope) };
  return { functionCall, ...partFields(item.extra) };
}

function callArguments(item: ToolCallItem, scope: EncodeScope): JsonObject {
  const text = item.kind === 'custom' ? freeformArguments(item.input) : item.input;
  const args = text.trim() === '' ? {} : parseJson(text);
  if (isJsonObject(args)) return args;
  scope.losses.hint('tool-call.arguments', 'arguments of an earlier call are no JSON object and are told as text');
  return { input: item.input };
}

const markers: ReadonlySet<string> = new Set([apartField]);

/** What of a caller's own part the canonical form has no name for. */
function partFields(extra: Extra | undefined): JsonObject {
  return unknownFields(ownExtra(extra), markers) ?? {};
}

function encodeHostedCall(item: HostedCallItem, { contents }: Writers, scope: EncodeScope): void {
  if (item.dialect !== dialectName) {
    return scope.losses.hint(`history.${item.tool}`, 'a call that another provider ran itself is not retold');
  }
  // What was found on the web stands beside the answer, not in it.
  if (item.value['groundingMetadata'] === undefined) contents.say(item.value);
}

/**
 * The first call of every step must carry a signature. Also in turns long over, where Gemini does not check:
 * what is written once must not change later, because prompt caches depend on it.
 */
function withSignature(content: Content): Content {
  const first = content.parts.findIndex((part) => part['functionCall'] !== undefined);
  if (content.role !== 'model' || first < 0 || content.parts[first]?.[signatureField] !== undefined) return content;
  const parts = content.parts.map((part, at) => (at === first ? { ...part, [signatureField]: noSignature } : part));
  return { role: 'model', parts };
}
