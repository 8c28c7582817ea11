// What the kernel imports; apart from the rest because formatters do not know AssemblyScript's decorators.

/** Address of the hart's area. */
@external("env", "hart")
export declare const hartBase: i32;

/** Reads from a physical address outside RAM; -1: nothing answers there. */
@external("env", "busLoad")
export declare function busLoad(address: f64, size: i32): f64;

/** Writes there; 0: nothing answers. */
@external("env", "busStore")
export declare function busStore(address: f64, size: i32, value: f64): i32;

/** The clock, in ticks. */
@external("env", "now")
export declare function now(): f64;

/** Code is run of a page without translations. */
@external("env", "meetPage")
export declare function meetPage(place: i32, mode: i32, fingerprint: i32): void;

/** The page of a record changed: the record must go. */
@external("env", "dropPage")
export declare function dropPage(record: i32): void;
