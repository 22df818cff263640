import { type FieldOrigin, Origin } from "@sluice/proto";

/** What the loader says of how it came by values, and of what it left out. */
export class Notes {
  readonly origins: FieldOrigin[] = [];

  absent(field: string, detail: string): void {
    this.origins.push({ field, origin: Origin.ORIGIN_ABSENT, detail });
  }

  derived(field: string, detail: string): void {
    this.origins.push({ field, origin: Origin.ORIGIN_DERIVED, detail });
  }
}
