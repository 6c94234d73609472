import { CountersUnreachable } from '../../ledger/counters.ts';
import { BadCursor } from '../../store/page.ts';
import { type Detail, refusals, Refused } from '../refused.ts';

/** An error as it is answered. */
export interface Problem {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: readonly Detail[];
}

/** What a thrown thing is to the caller. What nobody foresaw is told to `onDefect`, which gives it an id. */
export function asProblem(error: unknown, onDefect: (error: unknown) => string): Problem {
  if (error instanceof Refused) {
    const { code, message, details } = error;
    return { status: refusals[code], code, message, details };
  }
  if (error instanceof BadCursor) return problem('malformed', `\`after\` is not right: ${error.message}.`);
  if (error instanceof CountersUnreachable) return problem('unavailable', 'The counters do not answer. Try again.');
  const id = onDefect(error);
  return {
    status: 500,
    code: 'internal',
    message: `Something went wrong here (${id}). The log says more.`,
    details: [],
  };
}

function problem(code: keyof typeof refusals, message: string): Problem {
  return { status: refusals[code], code, message, details: [] };
}
