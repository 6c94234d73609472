import type { ClientDialectName, DialectName } from '../core/items.ts';

/** How a provider's API is asked. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Families of APIs, by who made them. */
export type ApiName = 'openai' | 'anthropic' | 'google' | 'cohere';

/** What all operations of an API have in common. */
export interface Api {
  /** A provider that speaks one of these is taken to have the API. */
  readonly speaks: readonly DialectName[];
  /** How its callers read errors. */
  readonly dialect: ClientDialectName;
  /** Stands before an operation's path where a provider's base URL has no version. */
  readonly version: string;
}

/** Where a request says its model: in a JSON or form field named `model`, in its path, or nowhere. */
export type ModelPlace = 'body' | 'path' | 'none';

/**
 * How tokens are counted. `none`: the operation costs none, or repeats what was counted before. `told`: as far as the provider tells.
 * `told-or-input`, `told-or-text`: where it tells nothing they are estimated, from the request alone or from the answer's text, too.
 */
export type Metering = 'none' | 'told' | 'told-or-input' | 'told-or-text';

/** Something that a provider does beside answering as a model, and that passes through as it is. */
export interface Operation {
  /** Stands in records: `embeddings`, `files.create`. */
  readonly name: string;
  readonly api: ApiName;
  readonly method: Method;
  /** Below the API's root. A `{word}` stands for one segment. */
  readonly path: string;
  readonly model: ModelPlace;
  readonly metering: Metering;
  /** Other APIs that have it at the same path and in the same form. */
  readonly alsoIn?: readonly ApiName[];
}

/** An operation's place, as a path names it. */
export interface Place {
  readonly api: ApiName;
  /** Below the API's root, as the caller wrote it. */
  readonly path: string;
  /** What can be done there: one for each method. */
  readonly operations: readonly Operation[];
  /** The model, where the path says it. */
  readonly model?: string;
}
