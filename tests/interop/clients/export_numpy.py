"""Exports a numpy stack through a Sluice gateway or service: the whole client is this file and the generated stubs.

    python -m grpc_tools.protoc -I proto --python_out STUBS --grpc_python_out STUBS proto/sluice/*/v1/*.proto
    PYTHONPATH=STUBS python export_numpy.py localhost:50050 stack.npy --name stack --out .
    PYTHONPATH=STUBS python export_numpy.py localhost:50050 stack.npy --name stack --directory exports
"""

import argparse
import pathlib
import uuid

import grpc
import numpy
from sluice.array.v1 import array_pb2
from sluice.dataset.v1 import dataset_pb2
from sluice.export.v1 import export_pb2, export_pb2_grpc, report_pb2
from sluice.stream.v1 import frame_pb2


def open_job(name, directory):
    """One branch: OME-TIFF, sent back on the call, or written below the directory that the service allows."""
    target = {"inline": {}} if directory is None else {"directory": {"directory": directory}}
    delivery = export_pb2.Delivery(name=name, **target)
    branch = export_pb2.Branch(branch_id="tiff", format="ome-tiff", delivery=delivery)
    return export_pb2.ExportOpen(job_id=str(uuid.uuid4()), branches=[branch])


def frames(stack, pixel_size_nm, seconds_per_frame):
    """The dataset, its one array [t, y, x], a chunk a frame, the end."""
    image = dataset_pb2.ImageStack(image_array="image", channels=[dataset_pb2.ImageChannel(name="height")])
    yield frame_pb2.Frame(dataset=dataset_pb2.DatasetSpec(name="numpy", image_stacks=[image]))
    length, height, width = stack.shape
    time = array_pb2.Axis(name="t", type="AXIS_TYPE_TIME", size=length, unit="second", scale=seconds_per_frame)
    y, x = (
        array_pb2.Axis(name=name, type="AXIS_TYPE_SPACE", size=size, unit="nanometer", scale=pixel_size_nm)
        for name, size in (("y", height), ("x", width))
    )
    spec = array_pb2.ArraySpec(array_id=1, name="image", data_type=stack.dtype.name, axes=[time, y, x])
    yield frame_pb2.Frame(array=spec)
    for index, plane in enumerate(stack):
        data = plane.astype(stack.dtype.newbyteorder("<")).tobytes()
        chunk = array_pb2.ArrayChunk(array_id=1, offset=[index, 0, 0], shape=[1, height, width], data=data)
        yield frame_pb2.Frame(chunk=chunk)
    yield frame_pb2.Frame(stream_end=frame_pb2.StreamEnd(frames=length + 2, bytes=stack.nbytes))


def requests(job, content):
    """The opening message, then the frames, numbered from 1."""
    yield export_pb2.ExportRequest(open=job)
    for sequence, frame in enumerate(content, start=1):
        frame.sequence = sequence
        yield export_pb2.ExportRequest(frame=frame)


def export(address, job, content, out):
    """Sends the stream, keeps the artifacts that come back in `out`, and returns the summary."""
    files, summary = {}, None
    with grpc.insecure_channel(address) as channel:
        for response in export_pb2_grpc.ExportServiceStub(channel).Export(requests(job, content)):
            event = response.WhichOneof("event")
            if event == "artifact_begin":
                begin = response.artifact_begin
                files[begin.artifact_id] = open(pathlib.Path(out) / begin.path, "xb")
            elif event == "artifact_chunk":
                file = files[response.artifact_chunk.artifact_id]
                file.seek(response.artifact_chunk.offset)
                file.write(response.artifact_chunk.data)
            elif event == "artifact_end":
                files.pop(response.artifact_end.artifact_id).close()
            elif event == "summary":
                summary = response.summary
    return summary


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("address")
    parser.add_argument("stack", help=".npy file of an array [time, y, x]")
    parser.add_argument("--name", default="stack")
    parser.add_argument("--out", default=".")
    parser.add_argument("--directory", help="have the service write, below the directory that it allows")
    parser.add_argument("--pixel-size-nm", type=float, default=1.0)
    parser.add_argument("--seconds-per-frame", type=float, default=1.0)
    given = parser.parse_args()
    content = frames(numpy.load(given.stack, mmap_mode="r"), given.pixel_size_nm, given.seconds_per_frame)
    result = export(given.address, open_job(given.name, given.directory), content, given.out)
    for branch in result.branches:
        files = (f"{file.path} {file.size} {file.sha256.hex()}" for file in branch.artifacts)
        print(report_pb2.ExportState.Name(branch.state), *files)
