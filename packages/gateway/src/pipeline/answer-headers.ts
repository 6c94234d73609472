import type { UpstreamAnswer } from '../upstream/upstream.ts';
import { dialects } from '../dialects/registry.ts';
import { turnStateOf } from '../routing/turn-state.ts';
import { headerText } from './header-text.ts';
import type { Inbound } from './inbound.ts';
import type { Served } from './trace.ts';

/** Heads of a successful answer. Never compressed: some agents cannot read it, and it would delay small frames. */
export function answerHeaders(answer: {
  readonly inbound: Inbound;
  readonly stream: boolean;
  readonly served?: Served;
  /** Whether the caller is told who answered. */
  readonly tellsWay: boolean;
  readonly upstream?: UpstreamAnswer;
  /** What else the caller is told, such as how its limits stand. */
  readonly tidings?: Readonly<Record<string, string>>;
}): Record<string, string> {
  const headers: Record<string, string> = {
    'content-type': answer.stream ? 'text/event-stream; charset=utf-8' : 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-request-id': answer.inbound.id,
    ...answer.tidings,
  };
  if (answer.served) addTurnpikeHeaders(headers, answer.served, answer.tellsWay);
  if (answer.served && answer.upstream) addForwarded(headers, answer.inbound, answer.served, answer.upstream);
  const { turnStateHeader, idHeader } = dialects[answer.inbound.dialect];
  if (idHeader) headers[idHeader] ??= answer.inbound.id;
  if (answer.served && turnStateHeader) headers[turnStateHeader] ??= turnStateOf(answer.served.deployment);
  return headers;
}

function addTurnpikeHeaders(headers: Record<string, string>, served: Served, tellsWay: boolean): void {
  if (tellsWay) {
    headers['x-turnpike-model'] = headerText(`${served.deployment.provider.name}/${served.deployment.model}`);
    headers['x-turnpike-lane'] = served.lane;
  }
  if (served.losses.length > 0) {
    headers['x-turnpike-losses'] = headerText([...new Set(served.losses.map((loss) => loss.what))].join(', '));
  }
}

function addForwarded(
  headers: Record<string, string>,
  inbound: Inbound,
  served: Served,
  upstream: UpstreamAnswer,
): void {
  const { provider } = served.deployment;
  if (!provider.speaks.includes(inbound.dialect)) return;
  for (const name of dialects[inbound.dialect].forwardedHeaders(provider.issuer).response) {
    const value = upstream.headers[name];
    if (typeof value === 'string') headers[name] = value;
  }
}
