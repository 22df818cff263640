import { expect, test } from "@jest/globals";
import { looksLikeOme, parseOme } from "./ome-image.ts";

const xml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment <OME> -->
<ome:OME xmlns:ome="http://www.openmicroscopy.org/Schemas/OME/2016-06" UUID="urn:uuid:1" Creator="x">
  <ome:Image ID="Image:0" Name="first"><ome:AcquisitionDate> 2017-11-21T13:12:39 </ome:AcquisitionDate>
    <ome:Pixels ID="Pixels:0" SizeX="3"><ome:Channel ID="Channel:0:0" Name="a &amp; b"/>
      <ome:TiffData IFD="2"><ome:UUID FileName="a.tif">urn:uuid:1</ome:UUID></ome:TiffData>
      <ome:Plane TheZ="0" TheT="0" TheC="0" DeltaT="500" DeltaTUnit="ms"/>
      <ome:Plane TheZ="1" TheT="0" TheC="0" DeltaT="900" DeltaTUnit="ms"/>
      <ome:Plane TheZ="0" TheT="1" TheC="0" DeltaT="NaN"/>
      <ome:Plane TheZ="0" TheT="2" TheC="0" DeltaT="2.5"/>
    </ome:Pixels></ome:Image>
  <ome:Image ID="Image:1" Name="second"><ome:Pixels ID="Pixels:1"/></ome:Image>
  <ome:StructuredAnnotations>
    <ome:MapAnnotation ID="Annotation:0" Namespace="urn:x"><ome:Value><ome:M K="k">1 &lt; 2</ome:M><ome:M K="e"/></ome:Value></ome:MapAnnotation>
    <ome:CommentAnnotation ID="Annotation:1" Namespace="urn:y"><ome:Value><![CDATA[<b>]]></ome:Value></ome:CommentAnnotation>
  </ome:StructuredAnnotations>
</ome:OME>`;

test("images, channels, pages, times and annotations, under any prefix", () => {
  const { uuid, creator, images, annotations } = parseOme(xml);
  expect({ uuid, creator, names: images.map(({ name }) => name) }).toEqual({
    uuid: "urn:uuid:1",
    creator: "x",
    names: ["first", "second"],
  });
  const [first] = images;
  expect(first?.acquisitionDate).toBe("2017-11-21T13:12:39");
  expect(first?.pixels["SizeX"]).toBe("3");
  expect(first?.channels).toMatchObject([{ Name: "a & b" }]);
  expect(first?.tiffData).toEqual([{ attributes: { IFD: "2" }, fileName: "a.tif", uuid: "urn:uuid:1" }]);
  expect([...(first?.frameSeconds ?? [])]).toEqual([
    [0, 0.5],
    [2, 2.5],
  ]);
  expect(annotations).toEqual([
    {
      namespace: "urn:x",
      pairs: [
        ["k", "1 < 2"],
        ["e", ""],
      ],
    },
    { namespace: "urn:y", comment: "<b>" },
  ]);
});

test("what is not well-formed is told with its line", () => {
  expect(() => parseOme("<OME>\n<Image></OME>")).toThrow(/OME_XML_INVALID \(ImageDescription, line 2/);
  expect(() => parseOme("<OME>")).toThrow("OME_XML_INVALID");
});

test("an OME-XML document is told from other descriptions", () => {
  expect(looksLikeOme(xml)).toBe(true);
  expect(looksLikeOme('<OME xmlns="...">')).toBe(true);
  for (const other of ["", "ImageJ=1.53t", '{"shape": [3]}', "<OMEGA>", "see <OME>"]) {
    expect(looksLikeOme(other)).toBe(false);
  }
});
