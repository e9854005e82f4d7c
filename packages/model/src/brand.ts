/** Numbers and strings that must not be swapped carry a name in their type. Each constructor holds the only cast. */
declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** The number that grows with each owner of the lease. Counts from 1; 0 means that nobody has ever written. */
export type Epoch = Branded<number, "Epoch">;
/** A record's place in the journal. Counts from 1 without gaps; 0 is the empty journal's tail. */
export type Seq = Branded<number, "Seq">;
/** A hash of one object's canonical form: equal hashes, same object. */
export type Fingerprint = Branded<string, "Fingerprint">;

/** @throws RangeError when the number is not a whole one from 0. */
export function epoch(value: number): Epoch {
  return natural(value, "epoch") as Epoch;
}

/** @throws RangeError when the number is not a whole one from 0. */
export function seq(value: number): Seq {
  return natural(value, "seq") as Seq;
}

/** @throws RangeError when the text is empty. */
export function fingerprint(value: string): Fingerprint {
  if (value === "") throw new RangeError("A fingerprint cannot be empty.");
  return value as Fingerprint;
}

function natural(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Not a valid ${what}: ${value}`);
  return value;
}
