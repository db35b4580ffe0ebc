export declare const MUTATED: readonly string[];
export declare const FURTHER_TESTS: readonly { readonly sources: string; readonly tests: readonly string[] }[];
export declare function sourcesIn(root: string, path: string): readonly string[];
export declare function roomOf(file: string): string;
export declare function testsFor(root: string, file: string): readonly string[];
