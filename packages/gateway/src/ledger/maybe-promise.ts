import type { MaybePromise } from './counters.ts';

/** Goes on at once with what is there already, else when it comes. */
export function andThen<From, To>(
  value: MaybePromise<From>,
  next: (value: From) => MaybePromise<To>,
): MaybePromise<To> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Does what may fail now or later; `otherwise` says what to make of the error. */
export function recover<Value>(
  work: () => MaybePromise<Value>,
  otherwise: (error: unknown) => Value,
): MaybePromise<Value> {
  try {
    const value = work();
    return value instanceof Promise ? value.catch(otherwise) : value;
  } catch (error) {
    return otherwise(error);
  }
}
