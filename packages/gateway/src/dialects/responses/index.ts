import type { Dialect } from '../dialect.ts';
import { topLevelLimit } from '../shared/output-limit.ts';
import { asksForCompaction, encodeCompacted } from './compacted.ts';
import { planExpress, forwardedHeaders } from './express.ts';
import { decodeFailure, encodeFailure, failureFrames } from './failure.ts';
import { needSigns } from './need-signs.ts';
import { createObserver } from './observer.ts';
import { readsMore } from './reads-more.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { createReplyEncoder, encodeReply } from './reply-encoder.ts';
import { decodeRequest } from './request-decoder.ts';
import { encodeRequest } from './request-encoder.ts';
import { resumption } from './resumption.ts';
import { writeSettings } from './settings.ts';
import { homeIssuer } from './types.ts';

/** OpenAI's Responses API: what Codex speaks. */
export const responses: Dialect = {
  name: 'responses',
  homeIssuer,
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
  outputLimit: topLevelLimit(['max_output_tokens'], () => 'max_output_tokens'),
  writeSettings,
  // Compacting is the one thing for which the gateway itself reads what was said.
  copiedTexts: { fields: ['text', 'output', 'instructions'], unless: '"compaction' },
  readsMore,
  needSigns,
  effects: { fields: ['background', 'conversation'], tools: ['mcp'] },
  asksForCompaction,
  encodeCompacted,
  forwardedHeaders,
  resumption,
  turnStateHeader: 'x-codex-turn-state',
};
