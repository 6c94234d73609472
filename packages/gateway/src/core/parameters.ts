/** What the configuration sets in requests, whatever the agent has asked for. Absent: as the agent wants it. */
export interface Parameters {
  readonly reasoningEffort?: string;
  /** At most so many; a shorter limit of the agent's stays. */
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly verbosity?: string;
  readonly serviceTier?: string;
}

/** What several set together: of each parameter the last one, but of limits the smallest. Undefined where nobody sets anything. */
export function mergeParameters(...layers: readonly (Parameters | undefined)[]): Parameters | undefined {
  const [first, ...rest] = layers.filter((layer) => layer !== undefined);
  return rest.reduce<Parameters | undefined>((below, above) => over(below, above), first);
}

function over(below: Parameters | undefined, above: Parameters): Parameters {
  const limits = [below?.maxOutputTokens, above.maxOutputTokens].filter((limit) => limit !== undefined);
  return { ...below, ...above, ...(limits.length === 0 ? {} : { maxOutputTokens: Math.min(...limits) }) };
}

/** Parameters by the names that documents have for them. */
export function writtenParameters(parameters: Parameters): Readonly<Record<string, string | number>> {
  const entries: [string, string | number][] = Object.entries(parameters);
  return Object.fromEntries(
    entries.map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  );
}
