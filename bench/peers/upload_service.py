"""A grpcio service that takes an Export stream and counts its payload.

usage: upload_service.py PORT; stubs of proto/ must be importable
"""

import sys
from concurrent import futures

import grpc
from sluice.export.v1 import export_pb2, export_pb2_grpc, report_pb2

options = [("grpc.max_receive_message_length", 16 << 20), ("grpc.max_send_message_length", 16 << 20)]


class Counter(export_pb2_grpc.ExportServiceServicer):
    def Export(self, requests, context):
        count = 0
        for request in requests:
            if request.WhichOneof("message") == "frame":
                count += len(request.frame.chunk.data)
        report = report_pb2.BranchReport(branch_id="count", bytes=count)
        yield export_pb2.ExportResponse(summary=report_pb2.ExportSummary(branches=[report]))


server = grpc.server(futures.ThreadPoolExecutor(max_workers=2), options=options)
export_pb2_grpc.add_ExportServiceServicer_to_server(Counter(), server)
server.add_insecure_port(f"127.0.0.1:{sys.argv[1]}")
server.start()
print("ready", flush=True)
server.wait_for_termination()
