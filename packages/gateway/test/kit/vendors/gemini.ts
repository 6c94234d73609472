import { isJsonObject, type Json, type JsonObject, parseJson } from '../../../src/core/json.ts';
import type { Conversation, DeclaredTool, Turn } from '../conversation.ts';
import { objectAt, objectsAt, textAt } from '../json-access.ts';
import { refuseGemini } from './gemini-rules.ts';
import { textArgumentOf } from './messages.ts';
import { oddPieces } from './pieces.ts';
import type { Piece, SseEvent, Vendor, VendorReply, VendorRequest } from './vendor.ts';

const path = /^\/v1beta\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

/** Google's Gemini API (https://ai.google.dev/api/generate-content). Calls carry no ids, as with most of its models. */
export const geminiVendor: Vendor = {
  dialect: 'gemini',
  basePath: '',
  idPrefixes: { reply: '', thinking: '', text: '', function: '', custom: '', search: '', call: '' },
  openingFrames: 0,
  closingFrames: 1,
  serves: (request) => path.test(request.path),
  refuse: refuseGemini,
  read: readGemini,
  sealed: (piece) => piece.wireName ?? 'text',
  thinks: (request) =>
    objectAt(objectAt(request.body, 'generationConfig'), 'thinkingConfig')['includeThoughts'] === true,
  sealsGiven: (reply) => sealedPieces(reply.pieces).map((piece) => piece.seal),
  frames,
  whole: (reply) => ({
    candidates: [
      {
        content: { parts: addSignatures(reply.pieces.map(wholePart), reply.pieces), role: 'model' },
        finishReason: finish(reply),
        index: 0,
      },
    ],
    ...trailer(reply),
  }),
  errorBody: (refusal) => ({
    error: {
      code: refusal.status,
      message: refusal.message,
      status: refusal.type ?? statuses[refusal.status] ?? 'INTERNAL',
    },
  }),
  errorEvent: (refusal) => ({
    data: JSON.stringify({
      error: { code: refusal.status, message: refusal.message, status: refusal.type ?? 'UNAVAILABLE' },
    }),
  }),
};

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function frames(reply: VendorReply): readonly SseEvent[] {
  const streams = reply.pieces.flatMap((piece) => streamedParts(piece));
  const signed = addSignatures(streams, reply.pieces);
  return signed.map((part, at): SseEvent => {
    const last = at === signed.length - 1;
    const content = { parts: [part], role: 'model' };
    const candidate = { content, ...(last ? { finishReason: finish(reply) } : {}), index: 0 };
    return { data: JSON.stringify({ candidates: [candidate], ...trailer(reply) }) };
  });
}

/** The piece whose seal becomes the answer's signature: its first call, else its thinking. */
function sealedPieces(pieces: readonly Piece[]): readonly Exclude<Piece, { type: 'text' }>[] {
  const call = pieces.find((piece) => piece.type === 'call');
  const sealed = call ?? pieces.find((piece) => piece.type === 'thinking');
  return sealed ? [sealed] : [];
}

/** The signature sits on the first call; an answer without calls ends in an empty text that carries it. */
function addSignatures(parts: readonly JsonObject[], pieces: readonly Piece[]): readonly JsonObject[] {
  const [sealed] = sealedPieces(pieces);
  if (sealed?.type !== 'call') return [...parts, { text: '', ...(sealed ? { thoughtSignature: sealed.seal } : {}) }];
  const first = parts.findIndex((part) => part['functionCall'] !== undefined);
  return parts.map((part, at) => (at === first ? { ...part, thoughtSignature: sealed.seal } : part));
}

function streamedParts(piece: Piece): readonly JsonObject[] {
  if (piece.type === 'call') return [callPart(piece)];
  return oddPieces(piece.text).map((text) => (piece.type === 'thinking' ? { text, thought: true } : { text }));
}

function wholePart(piece: Piece): JsonObject {
  if (piece.type === 'call') return callPart(piece);
  return piece.type === 'thinking' ? { text: piece.text, thought: true } : { text: piece.text };
}

function callPart(call: Extract<Piece, { type: 'call' }>): JsonObject {
  return { functionCall: { name: call.wireName, args: parseJson(call.input) ?? {} } };
}

function finish(reply: VendorReply): string {
  return reply.stop === 'length' ? 'MAX_TOKENS' : 'STOP';
}

function trailer(reply: VendorReply): JsonObject {
  const { input, cached, output, reasoning } = reply.usage;
  return {
    usageMetadata: {
      promptTokenCount: input,
      candidatesTokenCount: output - reasoning,
      totalTokenCount: input + output,
      ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
      promptTokensDetails: [{ modality: 'TEXT', tokenCount: input }],
      ...(reasoning === 0 ? {} : { thoughtsTokenCount: reasoning }),
    },
    modelVersion: reply.model,
    responseId: reply.id,
  };
}

function readGemini(request: VendorRequest): Conversation {
  const { body } = request;
  const [, model = '', method] = path.exec(request.path) ?? [];
  const system = partTexts(objectAt(body, 'systemInstruction')).join('');
  return {
    model,
    stream: method === 'streamGenerateContent',
    tools: objectsAt(body, 'tools').flatMap((tool) => objectsAt(tool, 'functionDeclarations').map(readTool)),
    turns: [{ type: 'system', text: system }, ...objectsAt(body, 'contents').flatMap(readContent)],
  };
}

function readTool(declaration: JsonObject): DeclaredTool {
  const schema = declaration['parametersJsonSchema'] ?? declaration['parameters'];
  return {
    wireName: textAt(declaration, 'name'),
    kind: 'function',
    ...textArgumentOf(isJsonObject(schema) ? schema : {}),
  };
}

function partTexts(content: JsonObject): readonly string[] {
  return objectsAt(content, 'parts').map((part) => textAt(part, 'text'));
}

function readContent(content: JsonObject, at: number): readonly Turn[] {
  const type = content['role'] === 'model' ? 'assistant' : 'user';
  return objectsAt(content, 'parts').flatMap((part): readonly Turn[] => {
    const seal = textAt(part, 'thoughtSignature');
    const turns: Turn[] = seal === '' ? [] : [{ type: 'seal', value: seal }];
    if (part['functionCall'] !== undefined) turns.push(readCall(objectAt(part, 'functionCall'), at));
    else if (part['functionResponse'] !== undefined) turns.push(readResult(objectAt(part, 'functionResponse')));
    else if (textAt(part, 'text') !== '' && part['thought'] !== true) turns.push({ type, text: textAt(part, 'text') });
    return turns;
  });
}

function readCall(call: JsonObject, at: number): Turn {
  const wireName = textAt(call, 'name');
  return { type: 'call', callId: `${at}/${wireName}`, wireName, input: JSON.stringify(call['args'] ?? {}) };
}

function readResult(response: JsonObject): Turn {
  const value: Json | undefined = response['response'];
  const fields = isJsonObject(value) ? Object.values(value) : [];
  const text = fields.map((field) => (typeof field === 'string' ? field : JSON.stringify(field))).join('\n');
  return { type: 'result', callId: textAt(response, 'name'), text };
}
