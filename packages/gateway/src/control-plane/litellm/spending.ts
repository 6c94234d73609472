import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { Budget } from '@turnpike/contract/resources/budget';
import type { Payer } from '../../ledger/request.ts';
import type { RecordFilter } from '../../store/record-queries.ts';
import type { LiteLlmPorts } from './ports.ts';

type Spending = Pick<LiteLlmPorts, 'directory' | 'ledger' | 'store'>;

/** Dollars of nano-dollars, as LiteLLM's clients read money: a number. */
export function dollars(nanoDollars: bigint): number {
  return Number(nanoDollars) / 1e9;
}

/** Whose spending is asked for. */
export interface Spender {
  readonly payer: Payer;
  readonly budget: Budget | undefined;
  /** Its records. */
  readonly records: RecordFilter;
}

/** What was spent, in dollars: in the budget's present window, as LiteLLM counts; without a budget all that there are records of. */
export async function spendOf({ payer, budget, records }: Spender, { ledger, store }: Spending): Promise<number> {
  if (budget) {
    const standings = await ledger.standings(payer);
    const standing = standings.find(({ limitId }) => limitId === budget.id);
    if (standing) return dollars(standing.used);
  }
  await store.records.flush();
  const totals = await store.records.totals(records, []);
  return dollars(totals[0]?.costNanoDollars ?? 0n);
}

/** Who pays for what a key does. Also of keys that are not let in any more. */
export function payerOf(key: ResourceOf<'virtual_keys'>, { directory }: Spending): Payer {
  const user = key.user === undefined ? undefined : directory.get('users', key.user);
  const onlyTeam = user?.teams.length === 1 ? user.teams[0] : undefined;
  const teamId = key.team ?? onlyTeam;
  const team = teamId === undefined ? undefined : directory.get('teams', teamId);
  const organizationId = team?.organization ?? key.organization ?? user?.organization;
  const organization = organizationId === undefined ? undefined : directory.get('organizations', organizationId);
  const levels = [key, user, team, organization];
  return {
    key: key.id,
    ...(user && { user: user.id }),
    ...(team && { team: team.id }),
    ...(organization && { organization: organization.id }),
    tags: [...new Set(levels.flatMap((level) => level?.tags ?? []))],
  };
}
