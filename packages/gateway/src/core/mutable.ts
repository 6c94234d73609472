/**
 * What others see as read-only, in the hands of whoever keeps it up to date. Per request such fields stand in place of getters: an object
 * literal with a getter gets a hidden class of its own each time it is made, so making it and reading it cost many times more.
 */
export type Mutable<T> = { -readonly [Field in keyof T]: T[Field] };
