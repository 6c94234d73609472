import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Frame } from '../../src/core/frame.ts';
import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { capturesDir, recordingsDir } from './shared-data.ts';

/** A true answer of a provider as its frames. */
export interface Recording {
  readonly name: string;
  readonly dialect: DialectName;
  readonly frames: readonly Frame[];
}

/** A real request of an agent. */
export interface Capture {
  readonly name: string;
  readonly dialect: ClientDialectName;
  readonly body: JsonObject;
}

/** All recordings of streams in the dialects that are spoken. */
export function recordings(): readonly Recording[] {
  const dir = recordingsDir;
  if (!dir) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.chunks.txt'))
    .sort()
    .map((name) => recordingOf(dir, name));
}

/** Those in dialects that agents speak, too: such an answer may reach an agent untouched. */
export function clientRecordings(): readonly (Recording & { readonly dialect: ClientDialectName })[] {
  return recordings().flatMap((recording) => {
    const { dialect } = recording;
    return dialect === 'cohere' || dialect === 'converse' ? [] : [{ ...recording, dialect }];
  });
}

function recordingOf(dir: string, name: string): Recording {
  const lines = readFileSync(join(dir, name), 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const values = lines.map((line) => parseJson(line));
  const dialect = values.map(dialectOfChunk).find((found) => found !== undefined);
  if (!dialect) throw new Error(`no known dialect in recording ${name}`);
  const frames = lines.map((line, at) =>
    dialect === 'converse'
      ? converseFrame(values[at])
      : { event: eventName(dialect, values[at]), data: Buffer.from(line, 'utf8') },
  );
  return { name, dialect, frames };
}

/** The lines of Bedrock's streams have the event's name for their only key. */
function converseFrame(value: unknown): Frame {
  const [event, payload] = isJsonObject(value) ? (Object.entries(value)[0] ?? []) : [];
  return { event, data: Buffer.from(JSON.stringify(payload ?? {}), 'utf8') };
}

function dialectOfChunk(value: unknown): DialectName | undefined {
  if (!isJsonObject(value)) return undefined;
  if ('choices' in value) return 'chat';
  if ('candidates' in value) return 'gemini';
  if ('messageStart' in value || 'messageStop' in value) return 'converse';
  const type = value['type'];
  if (typeof type !== 'string') return undefined;
  if (type.startsWith('response.')) return 'responses';
  if (type === 'message-start') return 'cohere';
  return type === 'message_start' ? 'messages' : undefined;
}

/** Anthropic and OpenAI name their events on the wire; damaged lines have lost their name. */
function eventName(dialect: DialectName, value: unknown): string | undefined {
  if (dialect !== 'messages' && dialect !== 'responses') return undefined;
  return isJsonObject(value) && typeof value['type'] === 'string' ? value['type'] : undefined;
}

/** All captured requests, with the dialect that their URL or body tells. */
export function captures(): readonly Capture[] {
  const dir = capturesDir;
  if (!dir) return [];
  return readdirSync(dir)
    .sort()
    .flatMap((name) => capturesIn(name, parseJson(readFileSync(join(dir, name), 'utf8'))));
}

function capturesIn(name: string, value: unknown): readonly Capture[] {
  const entries: readonly unknown[] = Array.isArray(value) ? value : [value];
  return entries.flatMap((entry, at) => {
    const body = isJsonObject(entry) && isJsonObject(entry['body']) ? entry['body'] : undefined;
    const dialect = body && dialectOfBody(body);
    return body && dialect
      ? [
          {
            name: entries.length > 1 ? `${name}#${at + 1}` : name,
            dialect,
            body: dialect === 'gemini' ? withUrlFields(body) : body,
          },
        ]
      : [];
  });
}

function dialectOfBody(body: JsonObject): ClientDialectName | undefined {
  if ('contents' in body) return 'gemini';
  if ('input' in body) return 'responses';
  if (!('messages' in body)) return undefined;
  return 'max_tokens' in body && 'system' in body ? 'messages' : 'chat';
}

/** Gemini says the model and whether to stream in the URL; the data plane puts both into the body. */
function withUrlFields(body: JsonObject): JsonObject {
  return { ...body, model: 'gemini-3.1-pro-preview', stream: true };
}

/** Where to cut a stream of so many frames: everywhere in a short one; of a long one the first borders, the last ones and some between. */
export function sampleOfBorders(length: number): readonly number[] {
  const borders = Array.from({ length: length + 1 }, (_, at) => at);
  const step = Math.max(1, Math.floor(length / 12));
  return borders.filter((at) => at < 6 || at > length - 4 || at % step === 0);
}
