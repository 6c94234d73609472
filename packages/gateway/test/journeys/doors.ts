import type { ClientDialectName } from '../../src/core/items.ts';
import { isJsonObject, type JsonObject, parseJson } from '../../src/core/json.ts';
import { numberAt, objectAt, textAt } from '../kit/json-access.ts';
import { clients } from './clients.ts';

export const dialectNames: readonly ClientDialectName[] = ['responses', 'chat', 'messages', 'gemini'];

/** A small good request in a dialect. */
export function goodRequest(
  dialect: ClientDialectName,
  model: string,
  stream = false,
): { path: string; body: JsonObject } {
  const { path, body } = clients[dialect].request({
    model,
    stream,
    tools: [],
    history: [clients[dialect].user('Hello')],
  });
  const { tools: _, ...rest } = body;
  return { path, body: rest };
}

/** An error answer as a client of the dialect reads it; `undefined` where it has another form. */
export interface ToldError {
  readonly message: string;
  /** What the dialect's clients decide by. */
  readonly kind: string;
}

export function readError(dialect: ClientDialectName, text: string, status: number): ToldError | undefined {
  const body = parseJson(text);
  if (!isJsonObject(body)) return undefined;
  const error = objectAt(body, 'error');
  const told = { message: textAt(error, 'message'), kind: kindOf(dialect, body, error, status) };
  return told.message === '' || told.kind === '' ? undefined : told;
}

function kindOf(dialect: ClientDialectName, body: JsonObject, error: JsonObject, status: number): string {
  switch (dialect) {
    case 'messages':
      return textAt(body, 'type') === 'error' ? textAt(error, 'type') : '';
    case 'gemini':
      return numberAt(error, 'code') === status ? textAt(error, 'status') : '';
    default:
      return textAt(error, 'type') === '' ? '' : textAt(error, 'code');
  }
}
