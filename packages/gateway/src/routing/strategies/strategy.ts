import type { Candidate } from '../affinity.ts';

/** What a choice among equals may depend on. */
export interface Circumstances {
  /** Whose choice it is: the same session is led the same way. */
  readonly session: string;
}

/** Puts candidates into the order in which they will be tried. Keeps all of them. */
export type Strategy = <Each extends Candidate>(
  candidates: readonly Each[],
  circumstances: Circumstances,
) => readonly Each[];
