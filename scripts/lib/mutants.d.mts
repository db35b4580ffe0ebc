export interface Mutant {
  readonly operator: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly before: string;
  readonly after: string;
}
export declare function mutantsOf(source: string, options?: { readonly tsx?: boolean }): readonly Mutant[];
export declare function mutated(source: string, mutant: Mutant): string;
