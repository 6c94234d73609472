import { z } from 'zod';

/** What a resource is known by: it stands in addresses, in other resources and in records, and never changes. */
export const resourceId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._@:-]{0,127}$/,
    'an id may have up to 128 letters, digits, spaces and `. _ @ : -`, and begins with a letter or digit',
  )
  .refine((id) => !id.endsWith(' '), 'an id must not end with a space');

/** A name for people. Control characters could break a terminal or a header, so there are none. */
export const displayName = z
  .string()
  .min(1, 'is empty')
  .max(200)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, 'must be one line without control characters');

/** Refuses an entry of a document that has no id and no name that is good for one. */
export const nameForId =
  (noun: string) =>
  (
    { id, name }: { readonly id?: string | undefined; readonly name?: string | undefined },
    context: z.RefinementCtx,
  ) => {
    if (id !== undefined) return;
    const tell = (message: string) => context.addIssue({ code: 'custom', path: ['name'], message });
    if (name === undefined) return tell(`is missing: a ${noun} needs a \`name\` or an \`id\``);
    const complaint = resourceId.safeParse(name).error?.issues[0]?.message;
    if (complaint !== undefined) tell(`${complaint}; another name needs an \`id\` beside it`);
  };

/** A pattern of model or provider names. */
export const namePattern = z
  .string()
  .min(1, 'is empty')
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must not contain spaces or control characters')
  .refine((pattern) => pattern.split('*').length <= 9, 'has more than eight `*`');

/** A label on whatever is spent: requests can be counted and limited by it. */
export const tag = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,63}$/,
    'a tag may have up to 64 letters, digits and `. _ : / @ -`, and begins with a letter or digit',
  );

export const tags = z.array(tag).max(32).default([]).describe('Labels by which spending is counted and limited.');

/** Facts of the operator's own, kept and given back unread. */
export const metadata = z
  .record(z.string().min(1).max(64), z.json())
  .refine((value) => JSON.stringify(value).length <= 16_384, 'is larger than 16,384 characters')
  .default({})
  .describe('Anything you want to keep with it.');

/** A moment, as people write it. A date alone means its first moment in UTC. */
export const moment = z.union([z.iso.date(), z.iso.datetime({ offset: true })], {
  error: 'must be a date such as 2027-01-31, or a time such as 2027-01-31T18:00:00Z',
});

/** One address or a range of them: `10.1.2.3`, `10.0.0.0/8`, `2001:db8::/32`. */
export const addressRange = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'must be an IP address or a range such as 10.0.0.0/8',
});

/**
 * The largest limit of one window, in dollars. Balances are whole nano-dollars and every store, Redis scripts among them,
 * counts exactly up to 2^53 of them.
 */
export const maxBudgetDollars = 9_000_000;

const dollarsMessage = `must be dollars from 0 to ${maxBudgetDollars}, such as 50 or "12.50"`;

/** Dollars. A string keeps digits that a number would lose. */
export const dollars = z.union(
  [
    z.number().min(0).max(maxBudgetDollars),
    z
      .string()
      .regex(/^\d{1,7}(\.\d{1,9})?$/, dollarsMessage)
      .refine((text) => Number(text) <= maxBudgetDollars, dollarsMessage),
  ],
  { error: dollarsMessage },
);

/** A count that limits something. */
export const limitCount = z.int().min(0).max(1_000_000_000_000);

/** A name of `models`, or `provider/model`. */
export const modelTarget = z
  .string()
  .min(1, 'is empty')
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must not contain spaces or control characters');
