import type { RouteExplanation } from '@turnpike/contract/route-explanation';
import type { RouteQuestion } from '@turnpike/contract/route-question';
import { assumeCaller } from '../../identity/assume-caller.ts';
import type { Directory } from '../../identity/directory.ts';
import { explainRoute, type ExplainPorts } from '../../pipeline/explain/explain-route.ts';
import { hypotheticalInbound } from './hypothetical-inbound.ts';

/** Tells where a request would go. Rejects with the failure `route-not-found` where the request asks no model. */
export type Explain = (question: RouteQuestion) => Promise<RouteExplanation>;

export function createExplainer(ports: ExplainPorts & { readonly directory: Pick<Directory, 'get'> }): Explain {
  return async (question) => {
    const inbound = hypotheticalInbound(question, ports);
    return explainRoute(
      {
        inbound,
        caller: () => assumeCaller(question, ports.directory, inbound.receivedAt),
        ...(question.at === undefined ? {} : { atMs: inbound.receivedAt }),
      },
      ports,
    );
  };
}
