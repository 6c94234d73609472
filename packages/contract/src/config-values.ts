import { z } from 'zod';

/** A name that stands in `provider/model`, so without a slash. */
export const providerName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'a name may have up to 64 letters, digits, `.`, `_` and `-`, and begins with a letter or digit',
  );

/** What agents write as `model`. One `*` makes a pattern of it. */
export const modelAliasName = z
  .string()
  .regex(
    /^[A-Za-z0-9*][A-Za-z0-9._:@+/[\]*-]{0,127}$/,
    'a name may have up to 128 letters, digits, `. _ : @ + / [ ] -` and one `*`, and begins with a letter or digit',
  )
  .refine((name) => name.split('*').length <= 2, 'has more than one `*`');

/** A name in one word, such as a model's. */
export const word = z.string().min(1, 'is empty').regex(/^\S+$/, 'must not contain spaces');

/** A duration. Timers of Node go wrong beyond 2^31 - 1 ms, so an hour-long typo is caught here. */
export const milliseconds = z.int().min(1).max(86_400_000);

/** A share against others: any numbers, whose sum does not matter. */
export const weight = z.number().min(0, 'is less than 0').max(1_000_000_000_000);

/** An address of an API: http or https, with nothing in it that belongs elsewhere. */
export const baseUrl = z.string().superRefine((text, context) => {
  const complaint = baseUrlComplaint(text);
  if (complaint !== undefined) context.addIssue({ code: 'custom', message: complaint });
});

function baseUrlComplaint(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text)) return 'must begin with http:// or https://';
  if (!URL.canParse(text)) return 'is not a URL';
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return 'must not contain a user or password; keys go under `keys`';
  if (/[?#]/.test(text)) return 'must not contain `?` or `#`; the path is all that is used';
  return undefined;
}

/** Dollars per million tokens, as price lists print them. A string keeps digits that a number would lose. */
export const dollarsPerMillion = z.union(
  [z.number().min(0).max(1_000_000), z.string().regex(/^\d{1,7}(\.\d{1,9})?$/)],
  { error: 'must be dollars per million tokens, such as 2.50' },
);
