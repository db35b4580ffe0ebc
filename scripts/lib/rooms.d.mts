export interface Room {
  readonly name: string;
  readonly answers: string;
}
export interface House {
  readonly folder: string;
  readonly floors: readonly (readonly Room[])[];
}
export declare const TOP: string;
export declare const HOUSES: readonly House[];
export declare const NO_ROOMS: ReadonlySet<string>;
export declare const FOLDERS: readonly { readonly folder: string; readonly answers: string }[];
export declare function roomsOf(house: House): readonly Room[];
export declare function reachOf(house: House): ReadonlyMap<string, readonly string[]>;
