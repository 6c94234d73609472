import type { EncodeTarget, ExpressPlan, ExpressRequest, ForwardedHeaders } from '../dialect.ts';
import { sealMark } from '../shared/seal.ts';

/** The model stands in the URL, so the body passes as it is, unless it carries a seal that is not Google's. */
export function planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined {
  if (request.body.includes(sealMark)) return undefined;
  if (target.issuer !== 'google' && request.body.includes('"thoughtSignature"')) return undefined;
  return { replace: {}, remove: [] };
}

const nothing: ForwardedHeaders = { request: [], response: [] };

export function forwardedHeaders(): ForwardedHeaders {
  return nothing;
}
