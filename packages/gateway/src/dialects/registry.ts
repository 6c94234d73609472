import type { DialectName } from '../core/items.ts';
import { chat } from './chat/index.ts';
import type { Dialect } from './dialect.ts';
import { gemini } from './gemini/index.ts';
import { messages } from './messages/index.ts';
import { responses } from './responses/index.ts';

/** Every dialect, by name. A new one is a folder and a line here. */
export const dialects: Readonly<Record<DialectName, Dialect>> = { responses, chat, messages, gemini };
