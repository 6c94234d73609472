import { createHash } from 'node:crypto';

/** Gives calls ids that the API takes: its alphabet, and none twice in a request. Same history, same ids. */
export interface CallIds {
  /** For a call. */
  forCall(callId: string): string;
  /** For a result: the id of the latest call of that name. */
  forResult(callId: string): string;
}

export function createCallIds(): CallIds {
  const used = new Set<string>();
  const latest = new Map<string, string>();

  function forCall(callId: string): string {
    const base = clean(callId);
    let id = base;
    for (let count = 2; used.has(id); count += 1) id = `${base}_${count}`;
    used.add(id);
    latest.set(callId, id);
    return id;
  }

  return { forCall, forResult: (callId) => latest.get(callId) ?? clean(callId) };
}

/** The API's pattern is `^[a-zA-Z0-9_-]+$`. A digest keeps two odd ids apart. */
function clean(callId: string): string {
  if (/^[a-zA-Z0-9_-]+$/.test(callId)) return callId;
  const digest = createHash('sha256').update(callId).digest('hex').slice(0, 8);
  return `${callId.replace(/[^a-zA-Z0-9_-]/g, '_')}_${digest}`;
}
