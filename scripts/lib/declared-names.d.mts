export declare function declaredNames(file: string): ReadonlySet<string>;
export declare function declaredIn(folder: string): ReadonlySet<string>;
