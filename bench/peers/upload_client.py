"""A grpcio client that streams chunks to an Export service and prints what it took as one JSON line.

usage: upload_client.py PORT CHUNK_BYTES CHUNKS; stubs of proto/ must be importable
"""

import json
import resource
import sys
import time

import grpc
from sluice.array.v1 import array_pb2
from sluice.export.v1 import export_pb2, export_pb2_grpc
from sluice.stream.v1 import frame_pb2

port, chunk_bytes, chunks = (int(text) for text in sys.argv[1:4])
payloads = [bytes([value]) * chunk_bytes for value in range(16)]


def requests():
    yield export_pb2.ExportRequest(open=export_pb2.ExportOpen(job_id="bench"))
    for index in range(chunks):
        chunk = array_pb2.ArrayChunk(
            array_id=1, offset=[index, 0], shape=[1, chunk_bytes], data=payloads[index % len(payloads)]
        )
        yield export_pb2.ExportRequest(frame=frame_pb2.Frame(sequence=index + 1, chunk=chunk))


options = [("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20)]
with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
    stub = export_pb2_grpc.ExportServiceStub(channel)
    start = time.perf_counter()
    (response,) = list(stub.Export(requests()))
    seconds = time.perf_counter() - start

assert response.summary.branches[0].bytes == chunk_bytes * chunks
print(
    json.dumps(
        {
            "seconds": seconds,
            "bytes": chunk_bytes * chunks,
            "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
