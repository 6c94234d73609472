import { TextDecoder } from 'node:util';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Json, parseJson } from '../../core/json.ts';
import { Refused } from '../refused.ts';
import type { BodyRule } from './route.ts';

const defaultMaxBytes = 1024 * 1024;

/** The body of a request as its route wants it. Throws `Refused`. */
export async function readBody(request: Request, rule: BodyRule | undefined): Promise<Json | undefined> {
  if (!rule) return undefined;
  const text = await readText(request, rule.maxBytes ?? defaultMaxBytes);
  if (text === '' && rule.optional === true) return undefined;
  const type = (request.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (/^application\/(?:merge-patch\+)?json$/.test(type)) {
    const value = parseJson(text);
    if (value === undefined) throw new Refused('malformed', 'The body is not JSON.');
    return withoutPrototypes(value);
  }
  if (rule.yaml === true && /^(?:application|text)\/(?:x-)?yaml$/.test(type)) return withoutPrototypes(parseYaml(text));
  const wanted = rule.yaml === true ? '`application/json` or `application/yaml`' : '`application/json`';
  throw new Refused('unsupported-media-type', `Send the body as ${wanted}.`);
}

/** A field with this name would be lost on the way, and must not be in silence. */
function withoutPrototypes(value: Json): Json {
  if (namesPrototype(value)) throw new Refused('malformed', 'No field may be called `__proto__`.');
  return value;
}

function namesPrototype(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, '__proto__')) return true;
  return Object.values(value).some((inner: Json | undefined) => inner !== undefined && namesPrototype(inner));
}

function parseYaml(text: string): Json {
  try {
    // Aliases are limited, so that a small document cannot become a huge one.
    return z.json().parse(parse(text, { maxAliasCount: 100, schema: 'core' }));
  } catch (error) {
    if (error instanceof z.ZodError) throw new Refused('malformed', 'The body has values that JSON does not know.');
    throw new Refused(
      'malformed',
      `The body is not YAML: ${error instanceof Error ? error.message.split('\n')[0] : ''}`,
    );
  }
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () => new Refused('too-large', `The body has more than ${maxBytes} bytes.`);
  if (Number(request.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let text = '';
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw tooLarge();
    text += decode(decoder, chunk);
  }
  return text + decode(decoder);
}

function decode(decoder: TextDecoder, chunk?: Uint8Array): string {
  try {
    return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
  } catch {
    throw new Refused('malformed', 'The body is not UTF-8.');
  }
}
