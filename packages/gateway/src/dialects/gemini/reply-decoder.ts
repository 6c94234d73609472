import type { ReplyEvent, StopReason } from '../../core/events.ts';
import { Failure } from '../../core/failure.ts';
import type { HostedCallItem, Seal, ToolCallItem } from '../../core/items.ts';
import type { JsonObject } from '../../core/json.ts';
import { isJsonObject, parseJson } from '../../core/json.ts';
import type { Usage } from '../../core/usage.ts';
import type { DecodeContext, ReplyDecoder } from '../dialect.ts';
import { freeformInput } from '../shared/freeform.ts';
import { failureOfChunk } from './failure.ts';
import { blockOf, endOf, unfinished } from './finish.ts';
import { groundingOf, hostedCallOf } from './hosted-calls.ts';
import { createItemStream } from './item-stream.ts';
import type { ArgumentGatherer } from './partial-args.ts';
import { createArgumentGatherer } from './partial-args.ts';
import { decodeMedia } from './part-decoder.ts';
import type { SignaturePlace } from './signatures.ts';
import { sealData } from './signatures.ts';
import { dialectName, fieldOf, madeCallId, objectField, objectsField, signatureField, stringField } from './types.ts';
import { usageOf } from './usage.ts';

/** A call whose arguments still come. */
interface OpenCall {
  readonly name: string;
  readonly id: string | undefined;
  readonly args: ArgumentGatherer;
}

/**
 * Reads streamed GenerateContentResponse chunks. No chunk says that it is the last: a finish reason tells why the answer will end,
 * and the end of the body that it has. Chunks with more usage may come in between.
 */
export function createReplyDecoder(context: DecodeContext): ReplyDecoder {
  let events: ReplyEvent[] = [];
  const items = createItemStream(context.issuer, (event) => events.push(event));
  let started = false;
  let over = false;
  let callSeed = '';
  let calls = 0;
  let openCall: OpenCall | undefined;
  let grounding: HostedCallItem | undefined;
  let stop: StopReason | undefined;
  let usage: Usage | undefined;

  function take(): readonly ReplyEvent[] {
    const taken = events;
    events = [];
    return taken;
  }

  function fail(failure: Failure): void {
    over = true;
    if (!started) events.push({ type: 'reply-start' });
    events.push({ type: 'reply-failed', failure, ...(usage ? { usage } : {}) });
  }

  function start(chunk: JsonObject, text: string): void {
    if (started) return;
    started = true;
    const id = stringField(chunk, 'responseId');
    const model = stringField(chunk, 'modelVersion');
    const usage = usageOf(chunk);
    callSeed = id ?? text;
    events.push({
      type: 'reply-start',
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(usage ? { usage } : {}),
    });
  }

  function readChunk(chunk: JsonObject): void {
    usage = usageOf(chunk) ?? usage;
    const [candidate] = objectsField(chunk, 'candidates');
    const block = candidate ? undefined : blockOf(chunk);
    if (block) fail(block);
    if (!candidate) return;
    for (const part of objectsField(objectField(candidate, 'content') ?? {}, 'parts')) readPart(part);
    grounding = groundingOf(candidate) ?? grounding;
    const end = endOf(candidate, items.told() || openCall !== undefined);
    if (end instanceof Failure) fail(end);
    else stop = end ?? stop;
  }

  function readPart(part: JsonObject): void {
    const functionCall = objectField(part, 'functionCall');
    if (functionCall) return readCall(functionCall, stringField(part, signatureField));
    const text = fieldOf(part, 'text');
    if (typeof text === 'string') return readText(text, part);
    finishCall();
    const hosted = hostedCallOf(part);
    // A hosted call keeps its signature in its own part.
    if (hosted) return items.whole(hosted);
    sign(stringField(part, signatureField), 'next');
    const media = decodeMedia(part);
    if (media) items.media(media);
    else if (Object.keys(part).some((field) => field !== signatureField)) {
      events.push({ type: 'opaque', dialect: dialectName, value: part });
    }
  }

  function readText(text: string, part: JsonObject): void {
    const signature = stringField(part, signatureField);
    if (text !== '') finishCall();
    if (fieldOf(part, 'thought') === true) {
      if (text !== '') items.thought(text);
      return sign(signature, 'thought');
    }
    if (text === '') return sign(signature, 'alone');
    const goesOn = items.inMessage();
    // In the middle of a message the seal comes after its text: before it, it would cut the message in two.
    if (!goesOn) sign(signature, 'next');
    items.text(text);
    if (goesOn) sign(signature, 'alone');
  }

  function sign(signature: string | undefined, place: SignaturePlace): void {
    if (!signature) return;
    const seal: Seal = { issuer: context.issuer, data: sealData({ text: signature, place }) };
    items.seal(seal);
  }

  function readCall(functionCall: JsonObject, signature: string | undefined): void {
    const name = stringField(functionCall, 'name');
    if (name !== undefined) {
      finishCall();
      sign(signature, 'next');
      openCall = { name, id: stringField(functionCall, 'id'), args: createArgumentGatherer() };
    }
    openCall?.args.add(functionCall);
    if (fieldOf(functionCall, 'willContinue') !== true) finishCall();
  }

  function finishCall(): void {
    if (!openCall) return;
    items.whole(toolCallOf(openCall, openCall.id ?? madeCallId(callSeed, calls), context));
    openCall = undefined;
    calls += 1;
  }

  function readFrame(text: string): void {
    const chunk = parseJson(text);
    if (!isJsonObject(chunk)) {
      fail(new Failure('upstream-garbled', 'Gemini sent a chunk that is not a JSON object.'));
      return;
    }
    const failure = failureOfChunk(chunk);
    if (failure) return fail(failure);
    start(chunk, text);
    readChunk(chunk);
  }

  function finish(): void {
    if (stop === undefined) {
      return fail(unfinished());
    }
    finishCall();
    items.close();
    if (grounding) items.whole(grounding);
    over = true;
    events.push({ type: 'reply-done', stop, ...(usage ? { usage } : {}) });
  }

  return {
    push(frame) {
      const text = over ? '' : frame.data.toString('utf8').trim();
      if (text !== '' && text !== '[DONE]') readFrame(text);
      return take();
    },
    end() {
      if (!over) finish();
      return take();
    },
    complete: () => stop !== undefined && !over,
  };
}

function toolCallOf(call: OpenCall, callId: string, { tools }: DecodeContext): ToolCallItem {
  const { kind, tool } = tools.resolve(call.name);
  const text = call.args.text();
  return { type: 'tool-call', kind, callId, tool, input: kind === 'custom' ? freeformInput(text) : text };
}

/** Reads a whole answer: the same as a stream of one chunk. */
export function decodeReply(body: JsonObject, context: DecodeContext): readonly ReplyEvent[] {
  const decoder = createReplyDecoder(context);
  const data = Buffer.from(JSON.stringify(body));
  return [...decoder.push({ event: undefined, data }), ...decoder.end()];
}
