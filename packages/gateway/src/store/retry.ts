/** Longest pause between two attempts. */
const maxDelayMs = 5_000;

/** PostgreSQL's classes of errors that pass: connections, resources, an operator's shutdown, transactions that got in each other's way. */
const passingCodes = /^(?:08|53|57P|40|55P03|25P03|ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)/;
const passingMessages =
  /connection (?:terminated|ended|timeout)|timeout exceeded|query read timeout|is locked|busy|disk is full|disk I\/O/i;

/** After how long a write that failed is tried again. Undefined where it would fail the same way. */
export function retryDelayMs(error: unknown, attempt: number): number | undefined {
  return isPassing(error) ? Math.min(maxDelayMs, 50 * 2 ** attempt) : undefined;
}

/** Whether the store, rather than what it was asked, is at fault. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return passingCodes.test(code) || passingMessages.test(error.message);
}
