import { budgetRoutes } from './budget-routes.ts';
import { globalRoutes } from './global-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { modelRoutes } from './model-routes.ts';
import { organizationRoutes } from './organization-routes.ts';
import type { LiteLlmRoute, LiteLlmTools } from './route.ts';
import { spendRoutes } from './spend-routes.ts';
import { teamMemberRoutes } from './team-member-routes.ts';
import { teamRoutes } from './team-routes.ts';
import { unsupportedRoutes } from './unsupported-routes.ts';
import { userRoutes } from './user-routes.ts';

/** Every route of LiteLLM's management API that there is here. */
export function allLiteLlmRoutes(tools: LiteLlmTools): readonly LiteLlmRoute[] {
  return [
    ...keyRoutes(tools),
    ...userRoutes(tools),
    ...teamRoutes(tools),
    ...teamMemberRoutes(tools),
    ...organizationRoutes(tools),
    ...budgetRoutes(tools),
    ...spendRoutes(tools),
    ...globalRoutes(tools),
    ...modelRoutes(tools),
    ...healthRoutes(tools),
    ...unsupportedRoutes(),
  ];
}
