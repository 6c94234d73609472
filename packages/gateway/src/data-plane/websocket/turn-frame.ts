import { Failure } from '../../core/failure.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../core/json.ts';
import type { FieldSpan, Peek } from '../../wire/peek.ts';

/** A `response.create` message as the body of the request that it stands for. */
export interface AssembledTurn {
  /** The same turn as it would be posted: whole history, streaming. */
  readonly body: Buffer;
  /** The items of its input, as JSON with commas between; a view of `body`. */
  readonly items: Buffer;
  /** Those of them that were the history; a view, too. */
  readonly before: Buffer;
  /** Where in `body` the history stands that did not come with this message, with the comma behind it. */
  readonly repeated: { readonly start: number; readonly end: number };
}

/** Fields that only this wire has, or that are written anew. */
const rewritten: ReadonlySet<string> = new Set([
  'type',
  'stream',
  'background',
  'generate',
  'previous_response_id',
  'input',
  'client_metadata',
]);

const opening = Buffer.from('{"stream":true,"input":[');
const inputEnd = Buffer.from(']');
const comma = Buffer.from(',');
const closing = Buffer.from('}');
const textOpening = Buffer.from('{"type":"message","role":"user","content":');

/**
 * Puts the turn's items behind the history. Only bytes are joined: a long history is not parsed again.
 * Throws `request-malformed` where `input` is no list and no text.
 */
export function assembleTurn(peek: Peek, history: readonly Buffer[]): AssembledTurn {
  const before = joinItems(history);
  const news = newItems(peek);
  const items = joinItems([...history, news]);
  const pieces = [opening, ...items, inputEnd];
  for (const [key, span] of peek.fields) {
    if (!rewritten.has(key)) pieces.push(comma, peek.body.subarray(span.keyStart, span.valueEnd));
  }
  const metadata = metadataText(peek);
  if (metadata !== undefined) pieces.push(comma, Buffer.from(`"client_metadata":${metadata}`));
  const body = Buffer.concat([...pieces, closing]);
  const view = (length: number) => body.subarray(opening.length, opening.length + length);
  const length = lengthOf(items);
  const repeated = { start: opening.length, end: opening.length + length - news.length };
  return { body, items: view(length), before: view(lengthOf(before)), repeated };
}

/** Lists of items with commas between them; empty lists leave no trace. */
function joinItems(lists: readonly Buffer[]): readonly Buffer[] {
  const filled = lists.filter((list) => list.length > 0);
  return filled.flatMap((list, index) => (index === 0 ? [list] : [comma, list]));
}

function lengthOf(pieces: readonly Buffer[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}

const openBracket = 0x5b;
const quote = 0x22;

/** The items that came with this message, without the brackets around them. A text is short for a user's message. */
function newItems({ body, fields }: Peek): Buffer {
  const span = fields.get('input');
  if (span === undefined) return Buffer.alloc(0);
  if (body[span.valueStart] === openBracket) return trimmed(body, span.valueStart + 1, span.valueEnd - 1);
  if (body[span.valueStart] === quote) {
    return Buffer.concat([textOpening, body.subarray(span.valueStart, span.valueEnd), closing]);
  }
  throw new Failure('request-malformed', 'The "input" of response.create must be a list of items or a text.');
}

function trimmed(body: Buffer, from: number, to: number): Buffer {
  let start = from;
  let end = to;
  while (start < end && isSpace(body[start])) start += 1;
  while (end > start && isSpace(body[end - 1])) end -= 1;
  return body.subarray(start, end);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** What Codex tells of the WebSocket itself; and headers that it would send with each request if it could. */
const ownMetadata = 'x-codex-ws-';
const headerMetadata = 'ws_request_header_';

function metadataText({ body, fields }: Peek): string | undefined {
  const span = fields.get('client_metadata');
  if (span === undefined) return undefined;
  const text = textOf(body, span);
  const metadata = parseJson(text);
  if (!isJsonObject(metadata)) return text;
  const kept = Object.entries(metadata).filter(
    ([name]) => !name.startsWith(ownMetadata) && !name.startsWith(headerMetadata),
  );
  return JSON.stringify(Object.fromEntries(kept));
}

function textOf(body: Buffer, span: FieldSpan): string {
  return body.toString('utf8', span.valueStart, span.valueEnd);
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** Headers of the handshake that are about the WebSocket and no request's. */
const handshakeHeader = /^(?:connection|upgrade|sec-websocket-.*)$/;

/** The headers of a turn: those of the handshake, and what the message's metadata says since, because it is newer. */
export function headersOfTurn(handshake: Headers, { body, fields }: Peek): Headers {
  const headers: Record<string, string | string[] | undefined> = {};
  for (const [name, value] of Object.entries(handshake)) if (!handshakeHeader.test(name)) headers[name] = value;
  const beta = withoutWebSocketBeta(headers['openai-beta']);
  if (beta === undefined) delete headers['openai-beta'];
  else headers['openai-beta'] = beta;
  const span = fields.get('client_metadata');
  const metadata = span && parseJson(textOf(body, span));
  return isJsonObject(metadata) ? { ...headers, ...mirroredHeaders(metadata) } : headers;
}

function withoutWebSocketBeta(value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string') return undefined;
  const kept = value.split(',').filter((each) => !each.trim().startsWith('responses_websockets='));
  return kept.length === 0 ? undefined : kept.join(',').trim();
}

const renamed: Readonly<Record<string, string>> = { session_id: 'session-id', thread_id: 'thread-id' };
/** Only these may be set from within a message: never a credential, never an address. */
const mirroredName = /^(?:session-id|thread-id|x-codex-[a-z0-9-]+|x-openai-[a-z0-9-]+)$/;

function mirroredHeaders(metadata: JsonObject): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [key, value] of Object.entries(metadata)) {
    const name = key.startsWith(headerMetadata)
      ? key.slice(headerMetadata.length).replaceAll('_', '-').toLowerCase()
      : (renamed[key] ?? key);
    if (key.startsWith(ownMetadata) || !mirroredName.test(name)) continue;
    if (typeof value === 'string') headers[name] = headerText(value);
  }
  return headers;
}

/** Headers are plain ASCII. Where other letters stand, the value is JSON, which has another way to write them. */
function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
