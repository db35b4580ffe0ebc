export interface Program {
  readonly root: string;
  readonly entry: string;
  readonly sources: readonly string[];
  readonly folder: string;
  readonly external: readonly string[];
}
export declare function oneFileProgram(program: Program): Promise<string>;
