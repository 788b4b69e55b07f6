"""A platform that ingests what lands at the destinations of files.toml, each read by DuckDB as its JSON configures.

    ingest.py SUBMISSION

`GET /NAME/ingested?folder=PATH` answers a JSON object a line for every row in the files below that folder: 404 while
there are none, 422 where they cannot be read. Storage is read by the vendors' own clients; nothing is kept between
questions. Where it listens is its first line.
"""

import bz2
import gzip
import json
import ssl
import sys
import tempfile
import tomllib
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import environ
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import duckdb
from azure.storage.blob import BlobServiceClient

UNPACK = {"NONE": bytes, "GZIP": gzip.decompress, "BZIP2": bz2.decompress}
# What a file without a header holds, in the order of the mapping.
COLUMNS = ["firstName", "lastName", "city", "Email"]
BUCKETS = boto3.resource(
    "s3",
    endpoint_url=environ["MOTO"],
    region_name="eu-central-1",
    aws_access_key_id=environ["S3_KEY"],
    aws_secret_access_key=environ["S3_SECRET"],
    verify="ca.pem",
)
BLOBS = BlobServiceClient.from_connection_string(environ["CONNECTION_STRING"], connection_verify="ca.pem")


def bucket(prefix):
    for found in BUCKETS.Bucket("moonshine-audiences").objects.filter(Prefix=prefix):
        yield found.key, found.get()["Body"].read()


def container(name):
    def files(prefix):
        client = BLOBS.get_container_client(name)
        for found in client.list_blob_names(name_starts_with=prefix):
            yield found, client.download_blob(found).readall()

    return files


def home(prefix):
    for found in sorted(Path("sftp/home", prefix).rglob("*")):
        if found.is_file():
            yield found.name, found.read_bytes()


STORES = {
    "FILE_BASED_S3": bucket,
    "FILE_BASED_GOOGLE_CLOUD": bucket,
    "FILE_BASED_AZURE_BLOB": container("landing"),
    "FILE_BASED_DLZ": container("zone"),
    "FILE_BASED_SFTP": home,
}


class Feed:
    def __init__(self, destination):
        server = json.loads(Path(destination["server"]).read_text())
        options = server["fileConfigurations"]
        self.files = STORES[server["destinationServerType"]]
        self.kind = options["fileType"]["value"]
        self.unpack = UNPACK[options["compression"]["value"]]
        self.csv = {name: option["value"] for name, option in options.get("csvOptions", {}).items()}

    def rows(self, folder):
        """Rows of all files but the manifest; nothing where there are no files."""
        found = None
        for path, content in self.files(folder.strip("/") + "/"):
            if Path(path).name.startswith("manifest-"):
                continue
            text = self.unpack(content)
            found = (found or []) + (self.table(text) if self.kind == "csv" else self.lines(text))
        return found

    def lines(self, text):
        return [json.loads(line) for line in text.decode().splitlines()]

    def table(self, text):
        if not text:
            return []
        header = self.csv["header"] == "true"
        names = {} if header else {"names": COLUMNS}
        with tempfile.NamedTemporaryFile(suffix=".csv") as file, duckdb.connect() as db:
            file.write(text)
            file.flush()
            table = db.read_csv(
                file.name,
                header=header,
                delimiter=self.csv["delimiter"].replace("\\t", "\t"),
                quotechar=self.csv["quote"],
                escapechar=self.csv["escape"],
                na_values=self.csv["nullValue"],
                allow_quoted_nulls=False,
                all_varchar=True,
                skiprows=0,
                comment="",
                strict_mode=True,
                **names,
            )
            return [dict(zip(table.columns, row)) for row in table.fetchall()]


class Platform(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    feeds = {}

    def do_GET(self):
        asked = urlsplit(self.path)
        feed = self.feeds.get(asked.path.removeprefix("/").removesuffix("/ingested"))
        folder = parse_qs(asked.query).get("folder", [""])[0]
        if self.headers["Authorization"] != f"Bearer {environ['INGESTION_TOKEN']}":
            return self.answer(401, "expected the token of the platform")
        if not feed:
            return self.answer(404, "no feed has this name")
        try:
            rows = feed.rows(folder)
        except (duckdb.Error, OSError, EOFError, ValueError, zlib.error) as error:
            return self.answer(422, str(error))
        if rows is None:
            return self.answer(404, "nothing is there")
        self.answer(200, "".join(json.dumps(row) + "\n" for row in rows))

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-ndjson" if status == 200 else "text/plain")
        self.send_header("Content-Length", str(len(body)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    submission = tomllib.loads(Path(sys.argv[1]).read_text())
    Platform.feeds = {each["name"]: Feed(each) for each in submission["destination"]}
    server = ThreadingHTTPServer(("127.0.0.1", 0), Platform)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain("server.pem", "server.key")
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    print(f"Listening at https://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
