import type { EncodeTarget, ExpressPlan, ExpressRequest, ForwardedHeaders } from '../dialect.ts';

/** Chat has no place for seals, so any body may pass, unless a field must go that this vendor rejects. */
export function planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined {
  const { quirks } = target;
  const model = JSON.stringify(target.model);
  const remove = (quirks.omit ?? []).filter((field) => request.has(field));
  const asksForUsage = request.stream && !request.has('stream_options') && quirks.noStreamOptions !== true;
  if (!asksForUsage) return { replace: { model }, remove };
  return { replace: { model, stream_options: '{"include_usage":true}' }, remove, dropsUsageFrame: true };
}

const nothing: ForwardedHeaders = { request: [], response: [] };

export function forwardedHeaders(): ForwardedHeaders {
  return nothing;
}
