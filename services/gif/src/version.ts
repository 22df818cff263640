/** Version of this package; a test keeps it equal to package.json. */
export const version = "0.1.0";

/** Name of this software as files carry it. */
export const software = `Sluice ${version}`;
