import type { Metering } from '../../operations/operation.ts';
import { createUsageFinder } from '../../operations/usage-finder.ts';
import type { UpstreamAnswer } from '../../upstream/upstream.ts';
import type { Asked } from '../envelope.ts';
import type { Pump } from '../pump.ts';

/** Passes an answer of any kind on, and looks for what it tells of its tokens. Here a failure inside the answer throws. */
export function createPassagePump({ body, headers }: UpstreamAnswer, metering: Metering, asked: Asked): Pump {
  const isText = /^(?:application\/json|text\/event-stream)\b/i.test(String(headers['content-type']));
  const finder = metering !== 'none' && isText ? createUsageFinder() : undefined;
  const estimates = metering === 'told-or-input' || metering === 'told-or-text';
  let bytes = 0;
  let finished = false;

  return {
    async read() {
      if (finished) return undefined;
      const chunk = await body.read();
      if (chunk === undefined) {
        finished = true;
        return undefined;
      }
      bytes += chunk.length;
      finder?.push(chunk);
      return chunk;
    },
    finished: () => finished,
    begun: () => true,
    seen() {
      const usage = finder?.usage();
      return {
        // What is not estimated must not look like an answer that forgot to tell its tokens.
        semantic: estimates && bytes > 0 && asked.model !== undefined,
        ...(finished ? { terminal: 'done' as const } : {}),
        ...(usage ? { usage } : {}),
      };
    },
    weight: () => ({ frames: 0, textBytes: metering === 'told-or-text' ? bytes : 0 }),
    cancel: () => body.cancel(),
  };
}
