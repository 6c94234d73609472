/** What LiteLLM's management paths begin with. */
const families = /^\/(?:key|user|team|organization|budget|customer|end_user|tag|project|spend|global)\/./;

/** Those of its paths that stand among others. */
const single: ReadonlySet<string> = new Set([
  '/model/info',
  '/v1/model/info',
  '/v2/model/info',
  '/model_group/info',
  '/v2/key/info',
  '/v2/team/list',
  '/health/liveliness',
  '/health/liveness',
  '/health/readiness',
  '/health/services',
]);

/** Whether a path is one of LiteLLM's management API. Known without loading what answers it. */
export function isLiteLlmPath(path: string): boolean {
  return families.test(path) || single.has(path);
}
