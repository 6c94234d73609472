import { moment } from '@turnpike/contract/resources/values';

/** A moment in a query, as milliseconds since 1970. */
export const momentQuery = moment.transform((text) => Date.parse(text)).optional();
