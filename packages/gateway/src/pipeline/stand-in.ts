import { Failure } from '../core/failure.ts';
import type { Tries } from './failover/tour.ts';

/**
 * Opens what was asked for, or, where a budget is spent that names a model to answer instead, that model.
 * Throws what `open` throws, once there is nothing left that stands in.
 */
export async function openOrStandIn<Opened>(
  tries: Tries,
  open: (tries: Tries) => Promise<Opened>,
  standIn: (model: string) => Tries,
): Promise<Opened> {
  const asked = new Set<string>();
  for (let next = tries; ;) {
    asked.add(next.asked);
    try {
      return await open(next);
    } catch (thrown) {
      const model = thrown instanceof Failure ? thrown.limit?.fallbackModel : undefined;
      if (model === undefined || asked.has(model)) throw thrown;
      next = standIn(model);
    }
  }
}
