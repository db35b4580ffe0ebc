export interface Result {
  readonly passed: number;
  readonly failed: number;
  readonly tail: string;
  readonly failures?: readonly string[];
}
export type Say = (line: string) => void;
export interface Stage {
  readonly name: string;
  readonly needs: readonly string[];
  readonly beside?: string;
  readonly run: (say: Say, isBeside: boolean) => Promise<Result>;
}
export function selectStages(stages: readonly Stage[], names: readonly string[]): readonly Stage[];
export function runStages(stages: readonly Stage[], print: Say): Promise<{ passed: number; failed: number }>;
