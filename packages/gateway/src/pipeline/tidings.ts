import { noticeHeaders } from '../routing/notice.ts';
import type { Inbound } from './inbound.ts';
import { limitHeaders } from './payment/limit-headers.ts';
import type { Trace } from './trace.ts';

/** How the caller's limits stand, and what there is to say of the name. As of the request's arrival: clocks are not asked once more for a header. */
export function tidingsOf({ payment, route: { notice } }: Trace, { receivedAt }: Inbound): Record<string, string> {
  return {
    ...(payment ? limitHeaders(payment.standings(), receivedAt) : {}),
    ...(notice ? noticeHeaders(notice, receivedAt) : {}),
  };
}
