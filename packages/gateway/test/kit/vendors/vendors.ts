import type { DialectName } from '../../../src/core/items.ts';
import { chatVendor } from './chat.ts';
import { cohereVendor } from './cohere.ts';
import { converseVendor } from './converse.ts';
import { geminiVendor } from './gemini.ts';
import { messagesVendor } from './messages.ts';
import { responsesVendor } from './responses.ts';
import type { Vendor } from './vendor.ts';

/** A vendor for every dialect. */
export const vendors: Readonly<Record<DialectName, Vendor>> = {
  responses: responsesVendor,
  chat: chatVendor,
  messages: messagesVendor,
  gemini: geminiVendor,
  cohere: cohereVendor,
  converse: converseVendor,
};
