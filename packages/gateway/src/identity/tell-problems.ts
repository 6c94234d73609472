import type { Log } from '../core/log.ts';
import type { Directory } from './directory.ts';

/** One mistake can be told of thousands of keys. */
const maxTold = 20;

/** Writes what is wrong with the resources to the log: none of it stops the gateway, but whoever is concerned is refused. */
export function tellProblems(directory: Pick<Directory, 'problems'>, log: Log): void {
  const problems = directory.problems();
  for (const problem of problems.slice(0, maxTold)) log.warn(problem);
  if (problems.length > maxTold) log.warn(`and ${problems.length - maxTold} more like these`);
}
