import type { EncodeTarget, ExpressPlan, ExpressRequest, ForwardedHeaders } from '../dialect.ts';
import { sealMark } from '../shared/seal.ts';

/** A Messages body passes untouched unless it carries a seal of another issuer, wrapped by us. Elsewhere than at Anthropic, signatures may not go either. */
export function planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined {
  if (request.body.includes(sealMark)) return undefined;
  if (target.issuer !== 'anthropic' && request.body.includes('"signature"')) return undefined;
  if (target.quirks.omit?.some((field) => request.has(field))) return undefined;
  return { replace: { model: JSON.stringify(target.model) }, remove: [] };
}

/** Claude Code's contract: these go on verbatim, their fields in the body depend on them. */
const forwarded: ForwardedHeaders = { request: ['anthropic-version', 'anthropic-beta'], response: ['request-id'] };
const nothing: ForwardedHeaders = { request: ['anthropic-version'], response: [] };

export function forwardedHeaders(issuer: string): ForwardedHeaders {
  return issuer === 'anthropic' ? forwarded : nothing;
}
