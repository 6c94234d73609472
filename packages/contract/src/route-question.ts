import { z } from 'zod';
import type { RequestKind } from './exchange-record.ts';
import { moment, resourceId } from './resources/values.ts';

/** What a request can be for. */
export const requestKinds = [
  'turn',
  'prewarm',
  'compaction',
  'title',
  'review',
  'memory',
  'subagent',
  'search',
] as const satisfies readonly RequestKind[];
/** Who can ask. */
export const agents = ['codex', 'claude-code', 'gemini-cli', 'opencode', 'qwen-code', 'cursor', 'other'] as const;

const idOrName = z.string().min(1).max(200);

const headers = z.record(z.string().min(1).max(200), z.string().max(70_000)).default({});

/** A request as an agent sends it. */
const written = z.strictObject({
  body: z.record(z.string(), z.json()).describe('The body that the agent sends.'),
  path: z
    .string()
    .max(2000)
    .optional()
    .describe('Where it sends it, such as `/openai/v1/responses`. Left out: as its body looks.'),
  headers: headers.describe('What it sends along: its session and its work are known by that. Keys are not needed.'),
});

/** What `POST /api/v1/route/explain` is asked: a request, and whose it is. */
export const routeQuestion = z
  .strictObject({
    model: z.string().min(1).max(500).optional().describe('The model’s name, as agents ask for it.'),
    key: idOrName
      .optional()
      .describe('The id or the name of the virtual key that asks. Nothing named: somebody who may do everything.'),
    user: idOrName.optional().describe('The id or the name of the user who asks.'),
    team: idOrName.optional().describe('The id or the name of the team that asks.'),
    organization: idOrName.optional().describe('The id or the name of the organization that asks.'),
    token: z
      .strictObject({
        issuer: resourceId.describe('The id of a token issuer.'),
        claims: z.record(z.string(), z.json()).describe('What the token says.'),
      })
      .optional()
      .describe('A bearer of a token instead of a key.'),
    tags: z.array(z.string().min(1).max(200)).max(100).default([]).describe('Tags that the caller has besides.'),
    metadata: z.record(z.string(), z.json()).default({}).describe('Metadata that the caller has besides.'),
    headers: headers.describe('What the agent sends along. It goes before the headers of `request`.'),
    tools: z.boolean().default(false).describe('It declares tools that the agent runs.'),
    images: z.boolean().default(false).describe('It has an image in it.'),
    structured_output: z.boolean().default(false).describe('It wants an answer after a JSON schema.'),
    reasoning_effort: z.string().min(1).max(40).optional().describe('How hard the model is to think.'),
    input_tokens: z.int().min(0).max(2_000_000).default(0).describe('About how long it is.'),
    stream: z.boolean().default(true).describe('Whether the answer is to come as a stream.'),
    kind: z.enum(requestKinds).optional().describe('What it is for.'),
    agent: z.enum(agents).optional().describe('Which agent asks.'),
    session: z.string().min(1).max(200).optional().describe('The agent’s session.'),
    request: written.optional().describe('A real request, instead of `tools`, `images` and the like.'),
    at: moment.optional().describe('When. Left out: now.'),
  })
  .superRefine((question, context) => {
    if (question.model === undefined && question.request === undefined)
      context.addIssue({ code: 'custom', path: ['model'], message: 'is missing: name a model, or give a request' });
    const { key, token, user, team, organization, tags, metadata } = question;
    const alone = [key, token].filter((each) => each !== undefined).length;
    const others = [user, team, organization].filter((each) => each !== undefined).length;
    if (alone > 1 || (alone === 1 && others > 0))
      context.addIssue({ code: 'custom', path: [token ? 'token' : 'key'], message: 'says by itself who asks' });
    if (token && tags.length + Object.keys(metadata).length > 0)
      context.addIssue({ code: 'custom', path: ['token'], message: 'says by itself what its bearer has' });
  });

/** A checked question, with its defaults filled in. */
export type RouteQuestion = z.output<typeof routeQuestion>;
