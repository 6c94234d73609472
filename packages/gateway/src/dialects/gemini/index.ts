import type { Dialect } from '../dialect.ts';
import { nestedLimit } from '../shared/output-limit.ts';
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
import { dialectName, homeIssuer } from './types.ts';

/** Google's generateContent, as Gemini CLI and Google's own libraries speak it. */
export const gemini: Dialect = {
  name: dialectName,
  homeIssuer,
  decodeRequest,
  encodeRequest,
  createReplyDecoder,
  decodeReply,
  createReplyEncoder,
  encodeReply,
  encodeTokenCount: (tokens) => ({ totalTokens: tokens }),
  encodeFailure,
  failureFrames,
  decodeFailure,
  createObserver,
  planExpress,
  outputLimit: nestedLimit(
    ['generationConfig', 'generation_config'],
    ['maxOutputTokens', 'max_output_tokens'],
    ['candidateCount', 'candidate_count'],
  ),
  writeSettings,
  copiedTexts: { fields: ['text'] },
  readsMore,
  needSigns,
  forwardedHeaders,
};
