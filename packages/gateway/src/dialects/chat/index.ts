import type { Dialect } from '../dialect.ts';
import { limitField } from './limit-field.ts';
import { topLevelLimit } from '../shared/output-limit.ts';
import { forwardedHeaders, planExpress } from './express.ts';
import { decodeFailure, encodeFailure, failureFrames } from './failure.ts';
import { needSigns } from './need-signs.ts';
import { createObserver } from './observer.ts';
import { readsMore } from './reads-more.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { createReplyEncoder, encodeReply } from './reply-encoder.ts';
import { decodeRequest } from './request-decoder.ts';
import { encodeRequest } from './request-encoder.ts';
import { writeSettings } from './settings.ts';

/** OpenAI's Chat Completions, which most vendors and many agents speak. It has no place for sealed reasoning. */
export const chat: Dialect = {
  name: 'chat',
  decodeRequest,
  encodeRequest,
  createReplyDecoder,
  decodeReply,
  createReplyEncoder,
  encodeReply,
  encodeFailure,
  failureFrames,
  decodeFailure,
  createObserver,
  planExpress,
  outputLimit: topLevelLimit(['max_completion_tokens', 'max_tokens'], limitField, 'n'),
  writeSettings,
  // Thoughts that OpenRouter has sealed are known again by what is in them.
  copiedTexts: { fields: ['text', 'content'], unless: '"reasoning_details"' },
  readsMore,
  needSigns,
  prefills: true,
  forwardedHeaders,
};
