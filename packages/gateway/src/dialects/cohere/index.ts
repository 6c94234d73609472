import type { ProviderDialect } from '../dialect.ts';
import { decodeFailure } from './failure.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { encodeRequest } from './request-encoder.ts';

/** Cohere's Chat API, version 2 (https://docs.cohere.com/reference/chat). It has no place for sealed reasoning. */
export const cohere: ProviderDialect = {
  name: 'cohere',
  encodeRequest,
  createReplyDecoder,
  decodeReply,
  decodeFailure,
};
