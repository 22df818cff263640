import { toSeconds } from "@sluice/core";
import { SaxesParser, type SaxesTagPlain } from "saxes";
import type { Annotation } from "../annotation.ts";
import { corrupt } from "./tiff-error.ts";

/** Attributes of an element. */
export type Attributes = Readonly<Record<string, string>>;

/** One image of an OME-XML document: attributes as they stand, in document order. */
export interface OmeImage {
  readonly name: string;
  readonly acquisitionDate: string;
  readonly pixels: Attributes;
  readonly channels: readonly Attributes[];
  readonly tiffData: readonly TiffData[];
  /** DeltaT in seconds by TheT: that of the first plane of a time point that has one. */
  readonly frameSeconds: ReadonlyMap<number, number>;
}

/** A run of pages. */
export interface TiffData {
  readonly attributes: Attributes;
  /** File that holds the pages; empty when not said. */
  readonly fileName: string;
  readonly uuid: string;
}

/** What a loader needs of an OME-XML document. */
export interface OmeContent {
  readonly uuid: string;
  readonly creator: string;
  readonly images: readonly OmeImage[];
  readonly annotations: readonly Annotation[];
}

/** True when a description is an OME-XML document, of whatever prefix. */
export function looksLikeOme(description: string): boolean {
  return /^\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?OME[\s>]/s.test(description);
}

/** Reads an OME-XML document; OME_XML_INVALID names line and column. */
export function parseOme(xml: string): OmeContent {
  const reader = new OmeReader();
  const parser = new SaxesParser();
  parser.on("error", (error) => {
    throw corrupt({
      reason: "OME_XML_INVALID",
      message: "The OME-XML of the file is not well-formed.",
      field: `ImageDescription, line ${parser.line}, column ${parser.column}`,
      got: error.message.replace(/^\d+:\d+: /, ""),
    });
  });
  parser.on("opentag", (tag) => reader.open(tag));
  parser.on("text", (text) => reader.text(text));
  parser.on("cdata", (text) => reader.text(text));
  parser.on("closetag", () => reader.close());
  parser.write(xml).close();
  return reader.content;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

interface OpenImage extends Writable<OmeImage> {
  readonly channels: Attributes[];
  readonly tiffData: Writable<TiffData>[];
  readonly frameSeconds: Map<number, number>;
}

/** Gathers what is wanted while the parser goes through the document. */
class OmeReader {
  #uuid = "";
  #creator = "";
  readonly #images: OpenImage[] = [];
  readonly #annotations: Annotation[] = [];
  /** Local names of the open elements. */
  readonly #path: string[] = [];
  #text = "";
  #namespace = "";
  #value = "";
  #pairs: [string, string][] = [];
  #key = "";

  get content(): OmeContent {
    return { uuid: this.#uuid, creator: this.#creator, images: this.#images, annotations: this.#annotations };
  }

  open({ name: qualified, attributes }: SaxesTagPlain): void {
    const name = qualified.slice(qualified.indexOf(":") + 1);
    this.#path.push(name);
    this.#text = "";
    if (name === "OME") {
      this.#uuid = attributes["UUID"] ?? "";
      this.#creator = attributes["Creator"] ?? "";
    } else if (name === "Image" && this.#path.length === 2) {
      this.#images.push({
        name: attributes["Name"] ?? "",
        acquisitionDate: "",
        pixels: {},
        channels: [],
        tiffData: [],
        frameSeconds: new Map(),
      });
    } else if (this.#path[1] === "Image") {
      this.#openInImage(name, attributes);
    } else if (name.endsWith("Annotation")) {
      this.#namespace = attributes["Namespace"] ?? "";
      this.#pairs = [];
      this.#value = "";
    } else if (name === "M") {
      this.#key = attributes["K"] ?? "";
    }
  }

  text(text: string): void {
    this.#text += text;
  }

  close(): void {
    const name = this.#path.pop();
    const image = this.#path[1] === "Image" ? this.#images.at(-1) : undefined;
    const tiffData = image?.tiffData.at(-1);
    if (name === "AcquisitionDate" && image) image.acquisitionDate = this.#text.trim();
    else if (name === "UUID" && tiffData) tiffData.uuid = this.#text.trim();
    else if (name === "M") this.#pairs.push([this.#key, this.#text]);
    else if (name === "Value") this.#value = this.#text;
    else if (name === "MapAnnotation") this.#annotations.push({ namespace: this.#namespace, pairs: this.#pairs });
    else if (name === "CommentAnnotation") {
      this.#annotations.push({ namespace: this.#namespace, comment: this.#value });
    }
    this.#text = "";
  }

  #openInImage(name: string, attributes: Attributes): void {
    const image = this.#images.at(-1);
    if (name === "Pixels" && image) image.pixels = attributes;
    else if (name === "Channel") image?.channels.push(attributes);
    else if (name === "TiffData") image?.tiffData.push({ attributes, fileName: "", uuid: "" });
    else if (name === "Plane" && image) takeTime(image, attributes);
    else if (name === "UUID") {
      const tiffData = image?.tiffData.at(-1);
      if (tiffData) tiffData.fileName = attributes["FileName"] ?? "";
    }
  }
}

function takeTime({ frameSeconds }: OpenImage, { TheT = "0", DeltaT, DeltaTUnit = "s" }: Attributes): void {
  const seconds = DeltaT === undefined ? undefined : toSeconds(Number(DeltaT), DeltaTUnit);
  if (seconds === undefined || !Number.isFinite(seconds) || frameSeconds.has(Number(TheT))) return;
  frameSeconds.set(Number(TheT), seconds);
}
