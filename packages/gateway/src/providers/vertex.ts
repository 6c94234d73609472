import type { Regional, Vendor } from './provider.ts';

/** https://cloud.google.com/vertex-ai/generative-ai/docs/learn/locations */
const regional: Regional = {
  environment: ['GOOGLE_CLOUD_LOCATION', 'CLOUD_ML_REGION'],
  fallback: 'global',
  baseUrl(region) {
    if (region === 'global') return 'https://aiplatform.googleapis.com';
    // Regions of several places have hosts of another form.
    if (region === 'us' || region === 'eu') return `https://aiplatform.${region}.rep.googleapis.com`;
    return `https://${region}-aiplatform.googleapis.com`;
  },
};

const project = { environment: ['GOOGLE_CLOUD_PROJECT', 'ANTHROPIC_VERTEX_PROJECT_ID'] };

const publishers = '/v1/projects/{project}/locations/{location}/publishers';

export const vertex: Vendor = {
  kind: 'vertex',
  title: 'Vertex AI (Gemini)',
  regional,
  project,
  speaks: ['gemini'],
  auth: 'bearer',
  cloud: 'google',
  environment: [],
  issuer: 'google',
  priceId: 'google',
  places: {
    gemini: {
      path: `${publishers}/google/models/{model}:generateContent`,
      streamPath: `${publishers}/google/models/{model}:streamGenerateContent?alt=sse`,
    },
  },
  docs: 'https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference',
};

/** Anthropic says that what its models seal on one platform can be opened on the others, so the issuer is the same. */
export const vertexAnthropic: Vendor = {
  kind: 'vertex-anthropic',
  title: 'Vertex AI (Claude)',
  regional,
  project,
  speaks: ['messages'],
  auth: 'bearer',
  cloud: 'google',
  environment: [],
  issuer: 'anthropic',
  priceId: 'anthropic',
  places: {
    messages: {
      path: `${publishers}/anthropic/models/{model}:rawPredict`,
      streamPath: `${publishers}/anthropic/models/{model}:streamRawPredict`,
    },
  },
  quirks: { modelInPath: true, fields: { anthropic_version: 'vertex-2023-10-16' } },
  docs: 'https://platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai',
};
