import { z } from 'zod';
import { formatPath } from '../../config/problem.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import type { Operator } from '../operators.ts';
import type { Permission } from '../permissions.ts';
import { Refused } from '../refused.ts';
import type { Actor, Expected } from '../resources/change.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A JSON Schema, as the OpenAPI document holds it. */
export type Schema = JsonObject;

/** A request that was let in. */
export interface Asked<Query = unknown> {
  /** Absent on open routes. */
  readonly operator: Operator | undefined;
  readonly actor: Actor;
  /** What stands in the path's braces, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Query;
  /** Undefined where there is none. */
  readonly body: Json | undefined;
  /** What `if-match` and `if-none-match` say. */
  readonly expected: Expected | undefined;
}

/** Text is sent as it is, anything else as JSON. */
export interface Answer {
  readonly status?: 200 | 201;
  readonly body: Json | string;
  /** Of text. */
  readonly contentType?: string;
  /** The revision of what is told. */
  readonly revision?: bigint | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route takes in its body. */
export interface BodyRule {
  readonly schema: Schema;
  readonly description?: string;
  /** Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Whether it may be YAML, too. */
  readonly yaml?: boolean;
  /** Whether it may be left out. */
  readonly optional?: boolean;
}

/** Everything there is to know of a route: it is served, guarded and documented by this. */
export interface Route {
  readonly method: Method;
  /** `/api/v1/teams/{id}`. */
  readonly path: string;
  /** What its caller must be allowed. `open`: anybody may ask; `any`: whoever has a token. */
  readonly permission: Permission | 'open' | 'any';
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly query: z.ZodObject;
  readonly body?: BodyRule;
  readonly answer: { readonly status: number; readonly description: string; readonly schema?: Schema };
  handle(asked: Asked): Promise<Answer>;
}

interface RouteSpec<Query extends z.ZodObject> extends Omit<Route, 'handle'> {
  readonly query: Query;
  handle(asked: Asked<z.output<Query>>): Promise<Answer>;
}

/** For routes that take no parameters. */
export const noQuery = z.strictObject({});

/** A route whose query is checked before it is handled. */
export function route<Query extends z.ZodObject>(spec: RouteSpec<Query>): Route {
  return {
    ...spec,
    async handle(asked) {
      const parsed = spec.query.safeParse(asked.query);
      if (!parsed.success) throw badQuery(parsed.error.issues);
      return spec.handle({ ...asked, query: parsed.data });
    },
  };
}

function badQuery(issues: readonly z.core.$ZodIssue[]): Refused {
  const details = issues.flatMap((issue) => {
    const path = formatPath(issue.path.map((step) => (typeof step === 'number' ? step : String(step))));
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((name) => ({ path: name, message: 'is not a known parameter' }));
  });
  const [first] = details;
  return new Refused('invalid', `The query is not right: ${first?.path} ${first?.message}`, details);
}

/** Pages of a list. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(1000).default(100).meta({ description: 'How many at most.' }),
  after: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'The `next` of the page before. Left out: from the beginning.' }),
};

/** For changes. */
export const dryRunQuery = {
  dry_run: z
    .stringbool({ truthy: ['true', '1'], falsy: ['false', '0'] })
    .default(false)
    .meta({ description: 'Check everything and change nothing.' }),
};
