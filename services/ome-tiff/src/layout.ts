/** How one image (a full plane or a pyramid level) is cut into strips or tiles. */
export interface LevelLayout {
  readonly width: number;
  readonly height: number;
  readonly rowBytes: number;
  readonly itemBytes: number;
  /** Strips are as wide as the image; tiles are padded to their full size. */
  readonly tiled: boolean;
  readonly segmentWidth: number;
  readonly segmentHeight: number;
  readonly columns: number;
  readonly rows: number;
  /** Index of the level's first segment among all segments of a plane. */
  readonly firstSegment: number;
}

/** A plane and its pyramid levels, full resolution first. */
export interface PlaneLayout {
  readonly levels: readonly LevelLayout[];
  readonly segments: number;
  readonly planeBytes: number;
}

/** How planes are to be cut. */
export interface LayoutRequest {
  readonly width: number;
  readonly height: number;
  readonly itemBytes: number;
  /** Edge of a tile in pixels, a multiple of 16; 0 = strips. */
  readonly tileSize: number;
  /** Levels below the full resolution. */
  readonly reducedLevels: number;
}

/** A plane up to this size is one strip. */
const largestStripBytes = 1024 * 1024;
/** Larger planes are cut into strips of about this size: small enough to spread over cores. */
const usualStripBytes = 768 * 1024;

/** Lays out a plane. A reduced level is half as wide and high, rounded up: its last pixel may cover one column or row. */
export function layOut({ width, height, itemBytes, tileSize, reducedLevels }: LayoutRequest): PlaneLayout {
  const levels: LevelLayout[] = [];
  let segments = 0;
  for (let level = 0; level <= reducedLevels; level++) {
    const size = { width: halved(width, level), height: halved(height, level) };
    const cut = tileSize > 0 ? tileCut(tileSize) : stripCut(size.width * itemBytes, size.width, size.height);
    const columns = Math.ceil(size.width / cut.segmentWidth);
    const rows = Math.ceil(size.height / cut.segmentHeight);
    const rowBytes = size.width * itemBytes;
    levels.push({ ...size, ...cut, rowBytes, itemBytes, columns, rows, firstSegment: segments });
    segments += columns * rows;
  }
  return { levels, segments, planeBytes: width * height * itemBytes };
}

/** Levels of a pyramid whose smallest image fits into one tile. */
export function fullPyramid(width: number, height: number, tileSize: number): number {
  let levels = 0;
  while (Math.max(halved(width, levels), halved(height, levels)) > tileSize) levels += 1;
  return levels;
}

function halved(length: number, times: number): number {
  return Math.ceil(length / 2 ** times);
}

function tileCut(tileSize: number) {
  return { tiled: true, segmentWidth: tileSize, segmentHeight: tileSize };
}

// An even number of rows keeps every strip of an uncompressed plane at an even offset.
function stripCut(rowBytes: number, width: number, height: number) {
  const evenRows = Math.max(2, 2 * Math.floor(usualStripBytes / rowBytes / 2));
  const segmentHeight = rowBytes * height <= largestStripBytes ? height : Math.min(height, evenRows);
  return { tiled: false, segmentWidth: width, segmentHeight };
}

/** Rows of a strip; the last one of an image may be short. */
export function stripRows(level: LevelLayout, row: number): number {
  return Math.min(level.segmentHeight, level.height - row * level.segmentHeight);
}
