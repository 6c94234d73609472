import type { Json } from '../../core/json.ts';
import { Failure } from '../../core/failure.ts';
import { asProblem } from '../http/as-problem.ts';
import { Refused } from '../refused.ts';

/** The `type` of LiteLLM's errors, by status. */
const types: Readonly<Record<number, string>> = {
  400: 'bad_request_error',
  401: 'auth_error',
  403: 'auth_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
};

/** A refusal in LiteLLM's words. */
export class LiteLlmFailure extends Error {
  override readonly name = 'LiteLlmFailure';
  readonly status: number;
  /** The field that is not right. */
  readonly param: string | null;

  constructor(status: number, message: string, param: string | null = null) {
    super(message);
    this.status = status;
    this.param = param;
  }
}

/** One thing that is wrong with a body, as FastAPI tells it. */
export interface InvalidField {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly input: Json;
}

/** A body that is not of the shape that its route takes. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly detail: readonly InvalidField[];

  constructor(detail: readonly InvalidField[]) {
    super(detail[0]?.msg ?? 'the request is not right');
    this.detail = detail;
  }
}

/** What LiteLLM has and this gateway has not, and what to do instead. */
export function notSupported(what: string, instead: string): LiteLlmFailure {
  return new LiteLlmFailure(400, `${what} is not supported by Turnpike. ${instead}`);
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: Json;
}

/** Any error as LiteLLM's clients read it. What nobody foresaw is told to `onDefect`, which gives it an id. */
export function answerOf(error: unknown, onDefect: (error: unknown) => string): ErrorAnswer {
  if (error instanceof InvalidRequest) {
    const detail = error.detail.map(({ type, loc, msg, input }) => ({ type, loc, msg, input }));
    return { status: 422, body: { detail } };
  }
  if (error instanceof LiteLlmFailure) return errorAnswer(error.status, error.message, error.param);
  // A virtual key that is not let in.
  if (error instanceof Failure) return errorAnswer(401, `Authentication Error, ${error.message}`, null);
  const { status, message, details } = asProblem(error, onDefect);
  return errorAnswer(statusFor(error, status), wordsFor(status, message), details[0]?.path ?? null);
}

/** LiteLLM's clients expect 400 for whatever is wrong with what they want; other statuses they know as they are. */
function statusFor(error: unknown, status: number): number {
  return error instanceof Refused && [409, 412, 422].includes(status) ? 400 : status;
}

function wordsFor(status: number, message: string): string {
  return status === 401 ? `Authentication Error, ${message}` : message;
}

function errorAnswer(status: number, message: string, param: string | null): ErrorAnswer {
  const type = types[status] ?? 'internal_server_error';
  return { status, body: { error: { message, type, param, code: String(status) } } };
}
