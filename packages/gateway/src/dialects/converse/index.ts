import type { ProviderDialect } from '../dialect.ts';
import { decodeFailure } from './failure.ts';
import { createReplyDecoder, decodeReply } from './reply-decoder.ts';
import { encodeRequest } from './request-encoder.ts';

/**
 * The Converse API of Amazon Bedrock (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html), which speaks to all
 * of its models. Seals are those of the models' makers, but stand under Bedrock's own name: it hosts many.
 */
export const converse: ProviderDialect = {
  name: 'converse',
  encodeRequest,
  createReplyDecoder,
  decodeReply,
  decodeFailure,
};
