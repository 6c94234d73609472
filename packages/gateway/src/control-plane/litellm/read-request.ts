import { z } from 'zod';
import { isJsonObject, type Json, type JsonObject, parseJson } from '../../core/json.ts';
import { InvalidRequest, LiteLlmFailure } from './failure.ts';

/** JSON whatever the content type says: `curl -d` calls it a form. An empty body is an empty object. */
export function parseBody(text: string): JsonObject {
  if (text.trim() === '') return {};
  const value = parseJson(text);
  if (value === undefined) {
    throw new InvalidRequest([{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {} }]);
  }
  if (isJsonObject(value)) return value;
  const msg = 'Input should be a valid dictionary or object to extract fields from';
  throw new InvalidRequest([{ type: 'model_attributes_type', loc: ['body'], msg, input: value }]);
}

/**
 * A body as its schema reads it. A field that the schema does not know is refused, unless it says nothing (`null`, `""`, `[]`, `{}`, `false`):
 * whoever sets something must not believe that it holds when it does not.
 */
export function readFields<Schema extends z.ZodObject>(schema: Schema, body: JsonObject): z.output<Schema> {
  for (const [field, value] of Object.entries(body)) {
    if (Object.hasOwn(schema.shape, field) || saysNothing(value)) continue;
    const hint = field in withoutMeaning ? ` ${withoutMeaning[field]}` : '';
    throw new LiteLlmFailure(400, `\`${field}\` is not supported by Turnpike, so nothing was changed.${hint}`, field);
  }
  return readLoosely(schema, body);
}

/** The same for what stands in a query. */
export function readQuery<Schema extends z.ZodObject>(schema: Schema, query: URLSearchParams): z.output<Schema> {
  return readLoosely(schema, Object.fromEntries([...query].filter(([, value]) => value !== '')), 'query');
}

function readLoosely<Schema extends z.ZodObject>(schema: Schema, body: JsonObject, where = 'body'): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new InvalidRequest(parsed.error.issues.map((issue) => invalidField(issue, where)));
}

function invalidField(issue: z.core.$ZodIssue, where: string) {
  const path = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  const input = z.json().safeParse(issue.input);
  return {
    type: missing ? 'missing' : issue.code === 'invalid_type' ? `${issue.expected}_type` : 'value_error',
    loc: [where, ...path],
    msg: missing ? 'Field required' : issue.message,
    input: input.success ? input.data : null,
  };
}

/** Whether a value leaves things as they would be without it. */
function saysNothing(value: Json | undefined): boolean {
  if (value === null || value === undefined || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

/** What to do instead of fields that people come with. */
const withoutMeaning: Readonly<Record<string, string>> = {
  spend: 'What was spent is a sum of the ledger and cannot be set; a temporary increase gives room.',
  budget_fallbacks: 'Set `fallback_model` of the budget in the admin API.',
  guardrails: 'Guardrails are configured in the configuration document.',
  auto_rotate: 'Rotate keys with /key/regenerate.',
  router_settings: 'Routing is configured in the configuration document.',
};

/** Text, or nothing. */
export const text = z.string().nullish();

/** A number, also one that is written as text, as pydantic takes it. */
export const number = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^-?\d{1,15}(\.\d{1,15})?$/)
      .transform(Number),
  ],
  { error: 'Input should be a valid number' },
);

export const texts = z.array(z.string()).nullish();
export const flag = z.boolean().nullish();
export const bag = z.record(z.string(), z.json()).nullish();
