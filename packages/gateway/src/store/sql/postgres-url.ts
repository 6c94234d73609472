/** How strictly the server is looked at, as in other programs' PostgreSQL URLs. */
const sslModes = ['disable', 'no-verify', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** Whether a store's address means PostgreSQL. */
export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url);
}

/** The address without its password, for people. */
export function shownStore(url: string): string {
  if (!isPostgresUrl(url)) return url;
  if (!URL.canParse(url)) return 'postgres://…';
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '…';
  for (const name of ['password', 'sslpassword']) shown.searchParams.delete(name);
  return decodeURI(shown.href);
}

/** What is wrong with the address of a PostgreSQL database, or undefined. */
export function faultOfPostgresUrl(url: string): string | undefined {
  if (!URL.canParse(url))
    return 'is no URL: characters such as `@`, `/` and `#` in a password are written as %40, %2F and %23';
  const mode = new URL(url).searchParams.get('sslmode');
  if (mode === null || sslModes.includes(mode)) return undefined;
  return `has the sslmode \`${mode}\`, which is none of ${sslModes.join(', ')}`;
}

/** As the driver reads it: `sslmode` means what it means to PostgreSQL's own programs, without a warning about the driver's past. */
export function driverUrl(url: string): string {
  const read = new URL(url);
  const mode = read.searchParams.get('sslmode');
  if (mode !== null && mode !== 'no-verify') read.searchParams.set('uselibpqcompat', 'true');
  return read.href;
}
