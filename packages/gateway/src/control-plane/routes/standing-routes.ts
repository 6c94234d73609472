import { z } from 'zod';
import type { Payer } from '../../ledger/request.ts';
import { listOf } from '../http/schemas.ts';
import { type Route, route } from '../http/route.ts';
import type { ControlPorts } from '../ports.ts';
import { Refused } from '../refused.ts';
import { payerOfKey, payerOfTeam, payerOfUser, shownStanding, standingSchema } from '../standings.ts';

const owner = (description: string) => z.string().min(1).max(200).optional().meta({ description });

const query = z.strictObject({
  key: owner('A virtual key’s id.'),
  user: owner('A user’s id.'),
  team: owner('A team’s id.'),
  organization: owner('An organization’s id.'),
  tag: owner('A label.'),
});

/** How budgets and rate limits stand. */
export function standingRoutes(ports: ControlPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/standings',
      permission: 'standings:read',
      tag: 'standings',
      summary: 'Tell how budgets and rate limits stand',
      description:
        'Of one virtual key, user, team, organization or tag, with all that stands above; left out, of the whole gateway. Limits that depend on the model or the provider are not among them.',
      query,
      answer: { status: 200, description: 'The narrowest first.', schema: listOf(standingSchema) },
      async handle({ query }) {
        const standings = await ports.ledger.standings(payerOf(query, ports));
        return { body: { items: standings.map(shownStanding) } };
      },
    }),
  ];
}

function payerOf(asked: z.output<typeof query>, { directory }: ControlPorts): Payer {
  const given = Object.entries(asked).filter(([, value]) => value !== undefined);
  if (given.length > 1) throw new Refused('invalid', 'Ask about one: a key, a user, a team, an organization or a tag.');
  const [field, name] = given[0] ?? [];
  const { key, user, team, organization, tag } = asked;
  if (tag !== undefined || name === undefined) return { tags: tag === undefined ? [] : [tag] };
  const found =
    (key !== undefined && known(directory.get('virtual_keys', key), (each) => payerOfKey(each, directory))) ||
    (user !== undefined && known(directory.get('users', user), (each) => payerOfUser(each, directory))) ||
    (team !== undefined && known(directory.get('teams', team), (each) => payerOfTeam(each, directory))) ||
    (organization !== undefined &&
      known(directory.get('organizations', organization), ({ id, tags }) => ({ organization: id, tags })));
  if (found) return found;
  throw new Refused('not-found', `There is no ${field} \`${name}\`.`);
}

function known<Found>(found: Found | undefined, payer: (found: Found) => Payer): Payer | undefined {
  return found && payer(found);
}
