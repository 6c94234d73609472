import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Frame } from '../../src/core/frame.ts';
import type { ClientDialectName, DialectName } from '../../src/core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import type { EncodeTarget } from '../../src/dialects/dialect.ts';
import { vendors } from '../../src/providers/vendors.ts';
import { createSseDecoder } from '../../src/wire/sse-decoder.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** A provider that a fixture is written for. */
export interface CorpusTarget {
  readonly dialect: DialectName;
  readonly target: EncodeTarget;
}

function targetOf(dialect: DialectName, kind: string, model: string): CorpusTarget {
  const vendor = vendors.get(kind);
  if (!vendor) throw new Error(`no vendor ${kind}`);
  return { dialect, target: { model, issuer: vendor.issuer, abilities: {}, quirks: vendor.quirks ?? {} } };
}

/** One vendor for each dialect: its maker where it has one, and for Chat a server of which nothing is known. */
export const targets: readonly CorpusTarget[] = [
  targetOf('responses', 'openai', 'gpt-5.5'),
  targetOf('chat', 'openai-compatible', 'house-model'),
  targetOf('messages', 'anthropic', 'claude-sonnet-4-5'),
  targetOf('gemini', 'gemini', 'gemini-3.1-pro-preview'),
  targetOf('cohere', 'cohere', 'command-a-03-2025'),
  targetOf('converse', 'bedrock', 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'),
];

export const clientDialects: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];

/** A client's request, hand-written and true to form. */
export interface RequestFixture {
  readonly dialect: ClientDialectName;
  readonly name: string;
  readonly body: JsonObject;
}

export function requestFixtures(): readonly RequestFixture[] {
  return clientDialects.flatMap((dialect) =>
    filesIn(`requests/${dialect}`, '.json').map((name) => {
      const body = parseJson(readFileSync(join(folder, 'requests', dialect, `${name}.json`), 'utf8'));
      if (!isJsonObject(body)) throw new Error(`the fixture ${dialect}/${name} is no JSON object`);
      // Gemini says both in the URL; the data plane puts them into the body.
      return { dialect, name, body: dialect === 'gemini' ? { ...body, model: 'asked-model', stream: true } : body };
    }),
  );
}

/** A provider's streamed answer. The events of Bedrock's binary stream are written as if they came in text. */
export interface ReplyFixture {
  readonly dialect: DialectName;
  readonly name: string;
  readonly frames: readonly Frame[];
}

export function replyFixtures(): readonly ReplyFixture[] {
  return targets.flatMap(({ dialect }) =>
    filesIn(`replies/${dialect}`, '.sse').map((name) => {
      const decoder = createSseDecoder();
      const bytes = readFileSync(join(folder, 'replies', dialect, `${name}.sse`));
      const copied = ({ event, data }: Frame): Frame => ({ event, data: Buffer.from(data) });
      return { dialect, name, frames: [...decoder.push(bytes), ...decoder.end()].map(copied) };
    }),
  );
}

function filesIn(path: string, ending: string): readonly string[] {
  const names = existsSync(join(folder, path)) ? readdirSync(join(folder, path)) : [];
  return names
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

/** The snapshot of a pair, after it was written anew if that is wanted. */
export function golden(path: string, actual: string): string {
  const file = join(folder, 'golden', path);
  if (process.env['UPDATE'] === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, actual);
  }
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

/** Paths of all snapshots there are. */
export function goldenPaths(): readonly string[] {
  return readdirSync(join(folder, 'golden'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.(?:json|sse)$/.test(path),
  );
}
