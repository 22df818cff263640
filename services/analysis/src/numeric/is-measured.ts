/** True for values that count as measurements: neither NaN nor infinite. */
export const isMeasured: (value: unknown) => boolean = Number.isFinite;
