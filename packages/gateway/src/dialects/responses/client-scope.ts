import { noLosses } from '../shared/losses.ts';
import { anyName, createToolTable } from '../shared/tool-table.ts';
import { writeSeal } from '../shared/seal.ts';
import { homeIssuer } from './types.ts';
import type { WriteScope } from './write-scope.ts';

const noTools = { model: '', stream: false, items: [], tools: [] };

/** Writing for the client: it knows everything of this dialect, its facts are its own, and it stores seals of all issuers. */
export const clientScope: WriteScope = {
  native: true,
  issuer: homeIssuer,
  stored: true,
  home: true,
  tools: createToolTable(noTools, anyName),
  sealText: (seal) => writeSeal(seal, homeIssuer),
  losses: noLosses,
  hostedTools: [],
  images: true,
  imagesApart: false,
  developerRole: 'developer',
};
