import type { ResourceOf } from '@turnpike/contract/resources/kinds';
import type { JsonObject } from '../../core/json.ts';
import { noQuery, type Route, route } from '../http/route.ts';
import type { ControlPorts, DeploymentHealth } from '../ports.ts';

const states = ['ready', 'recovering', 'resting', 'draining', 'disabled'] as const;

/** How this gateway and the deployments behind it are. */
export function healthRoutes({ health, directory, version, clock }: ControlPorts): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/health/deployments',
      permission: 'health:read',
      tag: 'health',
      summary: 'Tell how deployments are',
      description:
        'Those that the configuration leads to, those that were asked lately by their own names, and every key at least once. Health is what this replica has seen; what is disabled or draining is so for all.',
      query: noQuery,
      answer: { status: 200, description: 'In the order of the configuration.', schema: healthSchema },
      async handle() {
        const deployments = health.deployments();
        const count = (state: string) => deployments.filter((each) => each.state === state).length;
        const startedAtMs = health.startedAtMs;
        return {
          body: {
            gateway: {
              version,
              started_at: moment(startedAtMs),
              uptime_s: Math.floor((clock.now() - startedAtMs) / 1000),
              configuration_version: health.configurationVersion(),
            },
            summary: { total: deployments.length, ...Object.fromEntries(states.map((state) => [state, count(state)])) },
            items: deployments.map(shownDeployment),
            warnings: [...directory.list('deployment_states')].flatMap((each) => mistakeIn(each, deployments)),
          },
        };
      },
    }),
  ];
}

function shownDeployment(each: DeploymentHealth): JsonObject {
  const { provider, model, credential, names, state, why, reason, untilMs, failuresInARow } = each;
  const { inFlight, firstTokenMs, tokensPerSecond } = each;
  return {
    provider,
    ...(model === undefined ? {} : { model }),
    credential,
    names: [...names],
    state,
    ...(why === undefined ? {} : { why }),
    ...(reason === undefined ? {} : { reason }),
    ...(untilMs === undefined ? {} : { until: moment(untilMs) }),
    failures_in_a_row: failuresInARow,
    ...(inFlight === undefined ? {} : { in_flight: inFlight }),
    ...(firstTokenMs === undefined ? {} : { first_token_ms: Math.round(firstTokenMs) }),
    ...(tokensPerSecond === undefined ? {} : { tokens_per_second: Math.round(tokensPerSecond * 10) / 10 }),
  };
}

/** What is closed by a name that nobody has stays open, which whoever closed it must know. */
function mistakeIn(
  { id, provider, credential }: ResourceOf<'deployment_states'>,
  deployments: readonly DeploymentHealth[],
): readonly string[] {
  const keys = deployments.filter((each) => each.provider === provider).map((each) => each.credential);
  if (keys.length === 0) return [`\`${id}\` closes nothing: there is no provider \`${provider}\``];
  const key = credential === undefined || credential.includes('#') ? credential : `${provider}#${credential}`;
  if (key === undefined || keys.includes(key)) return [];
  return [`\`${id}\` closes nothing: \`${provider}\` has no key \`${key}\``];
}

function moment(atMs: number): string {
  return new Date(atMs).toISOString();
}

const count = { type: 'integer' };

const deploymentSchema = {
  type: 'object',
  required: ['provider', 'credential', 'names', 'state', 'failures_in_a_row'],
  properties: {
    provider: { type: 'string' },
    model: { type: 'string', description: 'The provider’s own name. Absent: the key, for whatever model is asked.' },
    credential: { type: 'string', description: 'As records name it: `openai#first`.' },
    names: { type: 'array', items: { type: 'string' }, description: 'Names of `models` that lead there.' },
    state: {
      type: 'string',
      enum: [...states],
      description:
        '`ready`: used. `recovering`: sessions come back to it little by little. `resting`: tried only where nobody else is left. `draining`, `disabled`: by hand.',
    },
    why: { type: 'string', description: 'Why it rests or recovers: `rate-limited`, `failing`, `unreachable` …' },
    reason: { type: 'string', description: 'Why an operator has closed it.' },
    until: { type: 'string', format: 'date-time', description: 'When the rest is over, or the closure.' },
    failures_in_a_row: {
      type: 'integer',
      description: 'Since it last succeeded: of the deployment, or of its key, model or provider.',
    },
    in_flight: { type: 'integer', description: 'Requests that run there.' },
    first_token_ms: { type: 'integer', description: 'Lately until the first words of an answer.' },
    tokens_per_second: { type: 'number', description: 'Lately, while an answer is written.' },
  },
};

const healthSchema = {
  type: 'object',
  required: ['gateway', 'summary', 'items', 'warnings'],
  properties: {
    gateway: {
      type: 'object',
      properties: {
        version: { type: 'string' },
        started_at: { type: 'string', format: 'date-time' },
        uptime_s: count,
        configuration_version: { type: 'integer', description: 'Counts up with every change of the document.' },
      },
    },
    summary: {
      type: 'object',
      properties: Object.fromEntries(['total', ...states].map((each) => [each, count])),
      description: 'How many there are in each state.',
    },
    items: { type: 'array', items: deploymentSchema },
    warnings: {
      type: 'array',
      items: { type: 'string' },
      description: 'Deployment states that name what is not there.',
    },
  },
};
