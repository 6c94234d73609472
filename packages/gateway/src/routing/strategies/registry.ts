import type { TargetGroup } from '../../config/deployment.ts';
import { priority } from './priority.ts';
import type { Strategy } from './strategy.ts';
import { weighted } from './weighted.ts';

/** Every way to choose among an alias's targets, by its name in the configuration. */
export const strategies: Readonly<Record<TargetGroup['strategy'], Strategy>> = { priority, weighted };
