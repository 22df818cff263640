import { GeoTIFF, type ImageFileDirectory } from "geotiff";
import { type Band, readBand } from "./bands.ts";
import { type DirectoryChain, walkDirectories } from "./directory-chain.ts";
import { FileSource } from "./file-source.ts";
import { type Page, readPage } from "./page.ts";
import { corrupt } from "./tiff-error.ts";

type GeotiffSource = Parameters<typeof GeoTIFF.fromSource>[0];

/** A TIFF file that is open: its directories by geotiff, its pixels in bands. Memory does not grow with its pages. */
export class TiffReader {
  readonly #source: FileSource;
  readonly #chain: DirectoryChain;
  readonly #tiff: GeoTIFF;

  private constructor(source: FileSource, chain: DirectoryChain, tiff: GeoTIFF) {
    this.#source = source;
    this.#chain = chain;
    this.#tiff = tiff;
  }

  /** Opens a file and checks all its directories. */
  static async open(path: string): Promise<TiffReader> {
    const source = await FileSource.open(path);
    try {
      const chain = await walkDirectories(source);
      const tiff = await GeoTIFF.fromSource(source as unknown as GeotiffSource);
      // Fields that geotiff defers are read as little endian whatever the file is (3.0.5, DeferredArray).
      tiff.parser.eager = true;
      return new TiffReader(source, chain, tiff);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  get pages(): number {
    return this.#chain.directories.length;
  }

  /** The directory of a page. geotiff's own list of pages would keep them all. */
  async directory(index: number): Promise<ImageFileDirectory> {
    const offset = this.#chain.directories[index] as number;
    try {
      return await this.#tiff.parser.parseFileDirectoryAt(offset);
    } catch (error) {
      throw corrupt(
        {
          reason: "TIFF_DIRECTORY_CORRUPT",
          message: "A directory cannot be read.",
          field: `the directory of page ${index} @ byte ${offset}`,
          got: error instanceof Error ? error.message : String(error),
        },
        error,
      );
    }
  }

  /** How the pixels of a page are stored. */
  async page(index: number): Promise<Page> {
    return readPage(await this.directory(index), index);
  }

  /** Pixels of a band: [sample, row, column], little endian. */
  readBand(band: Band): Promise<Uint8Array> {
    return readBand(this.#source, this.#chain.littleEndian, band);
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}
