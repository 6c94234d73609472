import { madeCallId } from './types.ts';

/** Gives calls their ids and results their calls. Gemini leaves ids out at times; then a name's calls are answered in order. */
export interface CallNames {
  /** The id of a call: the caller's own, or one made from its place in the history. */
  call(name: string, id: string | undefined, path: string): string;
  /** The id of the call that a result answers. A result without a call gets one made from its place. */
  result(name: string, id: string | undefined, path: string): string;
}

export function createCallNames(): CallNames {
  const unanswered: { readonly name: string; readonly id: string }[] = [];

  function call(name: string, id: string | undefined, path: string): string {
    const callId = id ?? madeCallId(path, 0);
    unanswered.push({ name, id: callId });
    return callId;
  }

  function result(name: string, id: string | undefined, path: string): string {
    const at = unanswered.findIndex((open) => (id === undefined ? open.name === name : open.id === id));
    const found = at < 0 ? undefined : unanswered.splice(at, 1)[0];
    return found?.id ?? id ?? madeCallId(path, 0);
  }

  return { call, result };
}
