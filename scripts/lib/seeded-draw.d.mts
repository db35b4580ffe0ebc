export declare function drawn<T>(items: readonly T[], most: number, seed: string): readonly T[];
