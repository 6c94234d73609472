import { anthropic } from './anthropic.ts';
import { azure, azureAnthropic, azureDeployments } from './azure.ts';
import { bedrock } from './bedrock.ts';
import { cohere } from './cohere.ts';
import { compatible } from './compatible.ts';
import { custom } from './custom.ts';
import { demo } from './demo.ts';
import { gemini } from './gemini.ts';
import { openai } from './openai.ts';
import type { Vendor } from './provider.ts';
import { vertex, vertexAnthropic } from './vertex.ts';

/** Every vendor by its `kind`. An OpenAI-compatible one is a line in `compatible.ts`; one with its own ways is a file and a name here. */
export const vendors: ReadonlyMap<string, Vendor> = new Map(
  [
    openai,
    anthropic,
    gemini,
    azure,
    azureDeployments,
    azureAnthropic,
    vertex,
    vertexAnthropic,
    bedrock,
    cohere,
    ...compatible,
    custom,
    demo,
  ].map((vendor) => [vendor.kind, vendor]),
);
