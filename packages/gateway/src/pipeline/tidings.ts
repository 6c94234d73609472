import type { Inbound } from './inbound.ts';
import { noticeHeaders } from './notice-headers.ts';
import { limitHeaders } from './payment/limit-headers.ts';
import { routeHeader } from './route-header.ts';
import type { Trace } from './trace.ts';

/** Who answers, how the caller's limits stand, and what there is to say of the name. As of the request's arrival: clocks are not asked once more for a header. */
export function tidingsOf(trace: Trace, { receivedAt }: Inbound): Record<string, string> {
  const { payment, route } = trace;
  const { notice } = route;
  return {
    ...routeHeader(trace),
    ...(payment ? limitHeaders(payment.standings(), receivedAt) : {}),
    ...(notice ? noticeHeaders(notice, receivedAt) : {}),
  };
}
