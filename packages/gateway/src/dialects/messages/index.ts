import type { Dialect } from '../dialect.ts';
import { forwardedHeaders, planExpress } from './express.ts';
import { encodeFailure, failureFrames } from './failure.ts';
import { decodeFailure } from './failure-reader.ts';
import { needSigns } from './need-signs.ts';
import { createObserver } from './observer.ts';
import { outputLimit } from './output-limit.ts';
import { readsMore } from './reads-more.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { createReplyEncoder, encodeReply } from './reply-encoder.ts';
import { decodeRequest } from './request-decoder.ts';
import { encodeRequest } from './request-encoder.ts';
import { writeSettings } from './settings.ts';
import { here, homeIssuer } from './types.ts';

/** Anthropic's Messages. https://platform.claude.com/docs/en/api/messages */
export const messages: Dialect = {
  name: here,
  homeIssuer,
  decodeRequest,
  encodeRequest,
  createReplyDecoder,
  decodeReply,
  createReplyEncoder,
  encodeReply,
  encodeTokenCount: (tokens) => ({ input_tokens: tokens }),
  encodeFailure,
  failureFrames,
  decodeFailure,
  createObserver,
  planExpress,
  outputLimit,
  writeSettings,
  copiedTexts: { fields: ['text', 'content'] },
  readsMore,
  needSigns,
  effects: { fields: ['mcp_servers'], tools: [] },
  idHeader: 'request-id',
  prefills: true,
  forwardedHeaders,
};
