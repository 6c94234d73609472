import type { ClientDialectName, DialectName } from '../core/items.ts';
import { chat } from './chat/index.ts';
import { cohere } from './cohere/index.ts';
import { converse } from './converse/index.ts';
import type { Dialect, ProviderDialect } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { messages } from './messages/index.ts';
import { responses } from './responses/index.ts';

/** Every dialect that agents speak, by name. A new one is a folder and a line here. */
export const dialects: Readonly<Record<ClientDialectName, Dialect>> = { responses, chat, messages, gemini };

/** Every dialect that providers speak, by name: a dialect that no agent speaks stands only here. */
export const providerDialects: Readonly<Record<DialectName, ProviderDialect>> = { ...dialects, cohere, converse };
