import type { ClientDialectName } from '../../src/core/items.ts';
import type { Json, JsonObject } from '../../src/core/json.ts';
import type { Told } from '../kit/ask.ts';
import { chatClient } from './clients/chat.ts';
import { geminiClient } from './clients/gemini.ts';
import { messagesClient } from './clients/messages.ts';
import { responsesClient } from './clients/responses.ts';

/** A tool as a test declares it. */
export interface ClientTool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonObject;
}

/** A request as the client's own API spells it. */
export interface ClientRequest {
  readonly path: string;
  readonly body: JsonObject;
}

/** What a turn is asked with. */
export interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly tools: readonly ClientTool[];
  /** The history in the client's own items; begins with `user`'s. */
  readonly history: readonly Json[];
}

/** What an answer said, read as the vendor's own SDK reads it. */
export interface Understood {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: Json }[];
  readonly model: string;
  readonly tokens: { readonly input: number; readonly output: number };
  /** The answer as items of the next turn's history. */
  readonly history: readonly Json[];
}

/** One dialect's client, written from its public API reference and not with the gateway's own code. */
export interface Client {
  user(text: string): Json;
  request(asked: Asked): ClientRequest;
  understand(told: Told, stream: boolean): Understood;
  /** A tool's answer to the call as an item of history. */
  result(call: { readonly id: string; readonly name: string }, text: string): Json;
}

export const clients: Readonly<Record<ClientDialectName, Client>> = {
  responses: responsesClient,
  chat: chatClient,
  messages: messagesClient,
  gemini: geminiClient,
};
