import type { ResourceKind } from '@turnpike/contract/resources/kinds';
import { type RouteQuestion, routeQuestion } from '@turnpike/contract/route-question';
import { Failure } from '../../core/failure.ts';
import type { Json, JsonObject } from '../../core/json.ts';
import { nounOf } from '../../config/check-resources.ts';
import { explainIssues } from '../../config/explain-issue.ts';
import { formatPath } from '../../config/problem.ts';
import { unknownIn } from '../../identity/assume-caller.ts';
import type { Directory } from '../../identity/directory.ts';
import { noQuery, type Route, route } from '../http/route.ts';
import { jsonSchemaOf } from '../http/schemas.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';

/** As large as a long session with pictures. */
const maxRequestBytes = 16 * 1024 * 1024;

/** Where requests would go. */
export function explainRoutes({ explain, directory }: ControlPorts): readonly Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/v1/route/explain',
      permission: 'routes:read',
      tag: 'routes',
      summary: 'Tell where a request would go, and why',
      description:
        'Takes a request through every step of a live one up to its sending: names, rules, who is able and allowed, the order, budgets and limits, the translation. Nothing is sent, reserved, counted or kept. The answer is in the words of records.',
      query: noQuery,
      body: { schema: jsonSchemaOf(routeQuestion, 'input'), maxBytes: maxRequestBytes },
      answer: {
        status: 200,
        description: 'What would be done, in order, and what would come of it.',
        schema: explanation,
      },
      async handle({ body }) {
        const question = withIds(readQuestion(body), directory);
        const unknown = unknownIn(question, directory);
        if (unknown) throw new Refused('not-found', `There is no ${nounOf(unknown[0])} \`${unknown[1]}\`.`);
        try {
          const told: JsonObject = JSON.parse(JSON.stringify(await explain(question)));
          return { body: told };
        } catch (thrown) {
          if (thrown instanceof Failure) throw new Refused('invalid', thrown.message);
          throw thrown;
        }
      },
    }),
  ];
}

/** People know their keys and teams by name. */
function withIds(question: RouteQuestion, directory: Pick<Directory, 'get' | 'idOf'>): RouteQuestion {
  const { key, user, team, organization } = question;
  const idOf = (kind: ResourceKind, given: string | undefined) =>
    given === undefined || directory.get(kind, given) ? given : (directory.idOf(kind, given) ?? given);
  return {
    ...question,
    key: idOf('virtual_keys', key),
    user: idOf('users', user),
    team: idOf('teams', team),
    organization: idOf('organizations', organization),
  };
}

function readQuestion(body: Json | undefined): RouteQuestion {
  const parsed = routeQuestion.safeParse(body);
  if (parsed.success) return parsed.data;
  const findings = explainIssues(parsed.error.issues, body, jsonSchemaOf(routeQuestion, 'input'));
  const details = findings.map(({ path, message, hint }) => ({
    path: formatPath(path),
    message: hint === undefined ? message : `${message} (${hint})`,
  }));
  const [first] = details;
  throw new Refused('invalid', `The question is not right: ${first?.path}: ${first?.message}.`, details);
}

const place = { provider: { type: 'string' }, model: { type: 'string' }, credential: { type: 'string' } };

const explanation = {
  type: 'object',
  properties: {
    request: { type: 'object', description: 'What was understood of the request.' },
    caller: { type: 'object', description: 'Whose it would be.' },
    route: {
      type: 'object',
      description: 'As in records: `names`, `rules`, `parameters`, `candidates`, `excluded`, `order`, `notice`.',
    },
    skipped: { type: 'array', description: 'Who would come earlier, were they well.', items: { type: 'object' } },
    attempts: {
      type: 'array',
      description:
        'Who would be tried, in order: each with its health, lane, losses and cost, or with the failure that would keep it from being asked.',
      items: { type: 'object', properties: place },
    },
    shadowed: { type: 'array', items: { type: 'string' }, description: 'Limits in shadow mode that would refuse it.' },
    waitsMs: { type: 'number', description: 'About how long it would wait under a rate limit.' },
    outcome: {
      type: 'object',
      properties: {
        result: { type: 'string', enum: ['sent', 'refused'] },
        ...place,
        code: { type: 'string' },
        message: { type: 'string', description: 'What the agent would be told.' },
        status: { type: 'integer' },
      },
    },
  },
};
