import { isSemantic, type ReplyEvent } from '../core/events.ts';
import type { Observation } from '../dialects/dialect.ts';

/** Notes what events tell of an answer: the translate lane's counterpart of a dialect's observer. */
export interface Witness {
  watch(event: ReplyEvent): void;
  readonly seen: Observation;
  readonly semanticFrames: number;
}

export function createWitness(): Witness {
  let seen: Observation = { semantic: false };
  let semanticFrames = 0;

  function note(more: Partial<Observation>): void {
    seen = { ...seen, ...more };
  }

  return {
    watch(event) {
      if (isSemantic(event)) {
        semanticFrames += 1;
        if (!seen.semantic && event.type !== 'reply-done') note({ semantic: true });
      }
      if (event.type === 'reply-start') {
        note({ ...(event.model ? { model: event.model } : {}), ...(event.id ? { replyId: event.id } : {}) });
      } else if (event.type === 'reply-done') {
        const terminal = event.stop === 'complete' || event.stop === 'stop-sequence' ? 'done' : 'incomplete';
        note({ terminal, closed: true, ...(event.usage ? { usage: event.usage } : {}) });
      } else if (event.type === 'reply-failed') {
        note({ terminal: event.failure, closed: true, ...(event.usage ? { usage: event.usage } : {}) });
      }
    },
    get seen() {
      return seen;
    },
    get semanticFrames() {
      return semanticFrames;
    },
  };
}
