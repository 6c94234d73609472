import type { EncodeTarget, ExpressPlan, ExpressRequest, ForwardedHeaders, Quirks } from '../dialect.ts';
import { isCursorForm } from './cursor-form.ts';

/** Chat has no place for seals, so any body may pass, unless a field must go that this vendor rejects. */
export function planExpress(request: ExpressRequest, target: EncodeTarget): ExpressPlan | undefined {
  const { quirks } = target;
  if (isCursorForm(request.has) || mustBeRewritten(request, quirks)) return undefined;
  const model = JSON.stringify(target.model);
  const remove = (quirks.omit ?? []).filter((field) => request.has(field));
  const asksForUsage = request.stream && !request.has('stream_options') && quirks.noStreamOptions !== true;
  if (!asksForUsage) return { replace: { model }, remove };
  return { replace: { model, stream_options: '{"include_usage":true}' }, remove, dropsUsageFrame: true };
}

/** What must be said in another way inside the body, and not only left out at its top. */
function mustBeRewritten({ body, has }: ExpressRequest, quirks: Quirks): boolean {
  const { maxTokensField, toolChoices, schemaOmit = [], noStrictTools } = quirks;
  const otherLimit = maxTokensField === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
  if (maxTokensField !== undefined && has(otherLimit)) return true;
  if (toolChoices !== undefined && has('tool_choice')) return true;
  if (!has('tools')) return false;
  const marks = [...schemaOmit, ...(noStrictTools === true ? ['strict'] : [])];
  return marks.some((word) => body.includes(`"${word}"`));
}

const nothing: ForwardedHeaders = { request: [], response: [] };

export function forwardedHeaders(): ForwardedHeaders {
  return nothing;
}
