export const loads: readonly {
  readonly name: string;
  readonly path: string;
  readonly proxyPath: string;
  readonly body: string;
  readonly target: number;
}[];
