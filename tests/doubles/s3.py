"""moto's S3 server and the environment in which the AWS SDK finds it.

It checks no signature, expiry or signed size (measured), so it proves the calls, not the safety of URLs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto.server import ThreadedMotoServer


@contextmanager
def s3_server(*buckets: str) -> Iterator[str]:
    """Yields its URL. The buckets are made with the CORS that a web page needs."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    variables = {
        "AWS_ENDPOINT_URL_S3": url,
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "loopback",
        "AWS_SECRET_ACCESS_KEY": "loopback",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert not set(variables) & set(os.environ)
    os.environ.update(variables)
    try:
        client = boto3.client("s3")
        rules = [
            {"AllowedOrigins": ["*"], "AllowedMethods": ["GET", "PUT", "POST", "DELETE"], "ExposeHeaders": ["ETag"]}
        ]
        for bucket in buckets:
            client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
            client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        yield url
    finally:
        for name in variables:
            del os.environ[name]
        boto3.setup_default_session()
        _forget_buckets(url)
        server.stop()


def _forget_buckets(url: str) -> None:
    """moto keeps its state for the life of the process."""
    import httpx

    httpx.post(f"{url}/moto-api/reset")
