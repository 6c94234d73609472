import { type ResourceKind, resourceKinds } from '@turnpike/contract/resources/kinds';
import { z } from 'zod';
import { explainIssues } from '../../config/explain-issue.ts';
import type { Finding } from '../../config/problem.ts';
import type { JsonObject } from '../../core/json.ts';
import { type KnownResource, parseResource } from '../../identity/resources.ts';

/** A body as its schema fills it in, or what is wrong with it in the words of the configuration's checks. */
export type ParsedBody = { readonly resource: KnownResource } | { readonly findings: readonly Finding[] };

export function parseBody(kind: ResourceKind, body: JsonObject): ParsedBody {
  try {
    return { resource: parseResource(kind, body) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    // Explained as a document with nothing but this resource, so that both doors speak alike.
    const top = [kind, 0];
    const issues = error.issues.map((issue) => ({ ...issue, path: [...top, ...issue.path] }));
    const items = z.toJSONSchema(resourceKinds[kind], { io: 'input', unrepresentable: 'any' });
    const findings = explainIssues(issues, { [kind]: [body] }, { properties: { [kind]: { items } } });
    return { findings: findings.map((each) => ({ ...each, path: each.path.slice(top.length) })) };
  }
}

/** The fields of a resource as JSON, without what is undefined. */
export function bodyOf({ body }: KnownResource): JsonObject {
  const fields: JsonObject = JSON.parse(JSON.stringify(body));
  return fields;
}
