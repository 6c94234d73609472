import type { ClientDialectName } from '../../src/core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { testKey } from './gateway-process.ts';
import { arrayAt, objectAt, textAt } from './json-access.ts';

/** A small question in a dialect, and the door it goes through. */
export interface Question {
  readonly dialect: ClientDialectName;
  readonly model: string;
  readonly stream?: boolean;
  readonly key?: string;
  readonly signal?: AbortSignal;
  /** Headers besides the key. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** How the gateway answered. */
export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The payloads of the stream, or the one JSON body. */
  readonly payloads: readonly JsonObject[];
}

/** Asks the gateway as a client of a dialect would. */
export async function ask(origin: string, question: Question): Promise<Told> {
  return readTold(await openQuestion(origin, question));
}

/** Reads an answer to its end. */
export async function readTold(answer: Response): Promise<Told> {
  return toldSoFar(answer, await answer.text());
}

/** What an answer told in the text that has come of it. */
export function toldSoFar(answer: Response, text: string): Told {
  return { status: answer.status, headers: answer.headers, text, payloads: payloadsOf(text) };
}

/** Asks and gives the answer as soon as its head is there. */
export function openQuestion(origin: string, question: Question): Promise<Response> {
  const { path, body } = requestFor(question);
  return fetch(origin + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${question.key ?? testKey}`,
      ...question.headers,
    },
    body: JSON.stringify(body),
    ...(question.signal ? { signal: question.signal } : {}),
  });
}

function requestFor({ dialect, model, stream = true }: Question): { path: string; body: JsonObject } {
  const messages = [{ role: 'user', content: 'Hello' }];
  switch (dialect) {
    case 'responses':
      return { path: '/openai/v1/responses', body: { model, stream, input: 'Hello', store: false } };
    case 'chat':
      return { path: '/v1/chat/completions', body: { model, stream, messages } };
    case 'messages':
      return { path: '/anthropic/v1/messages', body: { model, stream, max_tokens: 1000, messages } };
    default: {
      const operation = stream ? 'streamGenerateContent?alt=sse' : 'generateContent';
      return {
        path: `/gemini/v1beta/models/${model}:${operation}`,
        body: { contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] },
      };
    }
  }
}

function payloadsOf(text: string): readonly JsonObject[] {
  const whole = parseJson(text);
  if (isJsonObject(whole)) return [whole];
  return text.split(/\r?\n/).flatMap((line) => {
    const value = line.startsWith('data:') ? parseJson(line.slice(5)) : undefined;
    return isJsonObject(value) ? [value] : [];
  });
}

/** The ends that a stream tells its client, in order: one in a good stream, and in a broken one, too. */
export function endsOf(dialect: ClientDialectName, told: Told): readonly ('done' | 'failed')[] {
  return told.payloads.flatMap((payload) => endOf(dialect, payload) ?? []);
}

function endOf(dialect: ClientDialectName, payload: JsonObject): 'done' | 'failed' | undefined {
  const type = textAt(payload, 'type');
  if (dialect === 'responses') {
    if (type === 'response.completed' || type === 'response.incomplete') return 'done';
    return type === 'response.failed' || type === 'error' ? 'failed' : undefined;
  }
  if (payload['error'] !== undefined) return 'failed';
  if (dialect === 'messages') return type === 'message_stop' ? 'done' : undefined;
  const [first] = arrayAt(payload, dialect === 'chat' ? 'choices' : 'candidates');
  return textAt(first, dialect === 'chat' ? 'finish_reason' : 'finishReason') === '' ? undefined : 'done';
}

/** The text an answer tells, from its deltas. */
export function textOf(dialect: ClientDialectName, told: Told): string {
  return told.payloads.map((payload) => deltaOf(dialect, payload)).join('');
}

function deltaOf(dialect: ClientDialectName, payload: JsonObject): string {
  if (dialect === 'responses') return payload['type'] === 'response.output_text.delta' ? textAt(payload, 'delta') : '';
  if (dialect === 'messages') return textAt(objectAt(payload, 'delta'), 'text');
  const [first] = arrayAt(payload, dialect === 'chat' ? 'choices' : 'candidates');
  if (dialect === 'chat') return textAt(objectAt(first, 'delta'), 'content');
  return arrayAt(objectAt(first, 'content'), 'parts')
    .map((part) => textAt(part, 'text'))
    .join('');
}
