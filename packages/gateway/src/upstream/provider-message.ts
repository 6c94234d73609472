import { isJsonObject, type Json, type JsonObject, parseJson } from '../core/json.ts';

/** What a provider's message means for the answer that it belongs to. */
export type MessageKind = 'preamble' | 'content' | 'end' | 'error';

const preambles: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.metadata',
  'codex.rate_limits',
  'keepalive',
]);

const ends: ReadonlySet<string> = new Set([
  'response.completed',
  'response.done',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);

/** The type stands first, or right behind `sequence_number`. */
const typeAtHead = /^\s*\{\s*(?:"sequence_number"\s*:\s*\d+\s*,\s*)?"type"\s*:\s*"([a-zA-Z0-9_.]+)"/;
const headBytes = 120;

/** What kind of message it is. Almost always its first bytes tell. */
export function kindOfMessage(data: Buffer): MessageKind {
  const type = typeAtHead.exec(data.toString('latin1', 0, headBytes))?.[1] ?? readMessage(data)['type'];
  if (typeof type !== 'string') return 'content';
  if (type === 'error') return 'error';
  if (ends.has(type)) return 'end';
  return preambles.has(type) ? 'preamble' : 'content';
}

/** The id of the response that a message ends, if that can be continued. */
export function continuableId(data: Buffer): string | undefined {
  const { type, response } = readMessage(data);
  if (type === 'response.failed' || type === 'response.cancelled' || !isJsonObject(response)) return undefined;
  return typeof response['id'] === 'string' ? response['id'] : undefined;
}

/** An error message that says what an error answer would. */
export interface Refusal {
  readonly status: number;
  readonly code: string | undefined;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The refusal that an error message tells, or undefined where it has no status: then it is an event of a stream. */
export function readRefusal(data: Buffer): Refusal | undefined {
  const { status, error, headers } = readMessage(data);
  if (typeof status !== 'number' || !isJsonObject(error)) return undefined;
  const { code } = error;
  return {
    status,
    code: typeof code === 'string' ? code : undefined,
    headers: { ...plainHeaders(headers), 'content-type': 'application/json' },
    body: JSON.stringify({ error }),
  };
}

function plainHeaders(headers: Json | undefined): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(isJsonObject(headers) ? headers : {})) {
    if (typeof value === 'string' || typeof value === 'number') plain[name.toLowerCase()] = `${value}`;
  }
  return plain;
}

const eventStart = Buffer.from('data: ');
const eventEnd = Buffer.from('\n\n');
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** The message as an event of a stream, in pieces. */
export function eventOf(data: Buffer): readonly Buffer[] {
  return [eventStart, onOneLine(data), eventEnd];
}

/** In JSON a line may end only where a space may stand, too. */
function onOneLine(data: Buffer): Buffer {
  if (!data.includes(lineFeed) && !data.includes(carriageReturn)) return data;
  return Buffer.from(data.map((byte) => (byte === lineFeed || byte === carriageReturn ? 0x20 : byte)));
}

function readMessage(data: Buffer): JsonObject {
  const value = parseJson(data.toString('utf8'));
  return isJsonObject(value) ? value : {};
}
