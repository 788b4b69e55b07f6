"""Makes what moto and Azurite hold before a run, and prints the credentials as lines of a shell.

    furnish.py [moto=PORT] [azurite=PORT]

The environment has BLOB_KEY, the key of Azurite's account, and EXTERNAL_ID. moto asks for no credentials during the first
FREE actions, and checks every one after them.
"""

import datetime
import json
import shlex
import sys
from os import environ

FREE = 9
BUCKET = "moonshine-audiences"
OBJECTS = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"} | each for each in statements]})


def moto(port):
    import boto3
    from botocore import UNSIGNED, exceptions
    from botocore.config import Config

    def client(service, **more):
        return boto3.client(
            service,
            endpoint_url=f"https://localhost:{port}",
            region_name="eu-central-1",
            aws_access_key_id="none",
            aws_secret_access_key="none",
            verify="ca.pem",
            **more,
        )

    files = policy(
        {"Action": ["s3:ListBucket", "s3:GetBucketLocation"], "Resource": f"arn:aws:s3:::{BUCKET}"},
        {"Action": OBJECTS, "Resource": f"arn:aws:s3:::{BUCKET}/*"},
        # Amazon asks this of every object; of DeleteObjects, moto asks it of the bucket
        {"Action": "s3:DeleteObject", "Resource": f"arn:aws:s3:::{BUCKET}"},
    )
    client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    iam = client("iam")

    def user(name, document):
        arn = iam.create_user(UserName=name)["User"]["Arn"]
        key = iam.create_access_key(UserName=name)["AccessKey"]
        iam.put_user_policy(UserName=name, PolicyName="adobe", PolicyDocument=document)
        return arn, key["AccessKeyId"], key["SecretAccessKey"]

    _, writer_key, writer_secret = user("writer", files)
    account = "123456789012"
    role = f"arn:aws:iam::{account}:role/adobe"
    assumer, key, secret = user("assumer", policy({"Action": "sts:AssumeRole", "Resource": role}))
    trust = policy(
        {
            "Action": "sts:AssumeRole",
            "Principal": {"AWS": assumer},
            "Condition": {"StringEquals": {"sts:ExternalId": environ["EXTERNAL_ID"]}},
        }
    )
    iam.create_role(RoleName="adobe", AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName="adobe", PolicyName="adobe", PolicyDocument=files)
    try:
        client("s3", config=Config(signature_version=UNSIGNED)).list_objects_v2(Bucket=BUCKET)
    except exceptions.ClientError:
        pass
    else:
        sys.exit("moto lets everybody in: it has more free actions than were used")
    return {
        "S3_KEY": writer_key,
        "S3_SECRET": writer_secret,
        "ASSUMER_KEY": key,
        "ASSUMER_SECRET": secret,
        "ROLE": role,
    }


def azurite(port):
    from azure.storage.blob import BlobServiceClient, generate_container_sas

    at = f"https://localhost:{port}/moonshine"
    key = environ["BLOB_KEY"]
    connection = f"DefaultEndpointsProtocol=https;AccountName=moonshine;AccountKey={key};BlobEndpoint={at}"
    service = BlobServiceClient.from_connection_string(connection, connection_verify="ca.pem")
    for container in ["landing", "zone"]:
        service.create_container(container)
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(hours=1)
    signature = generate_container_sas("moonshine", "zone", account_key=key, permission="rwdl", expiry=until)
    return {"CONNECTION_STRING": connection, "SAS_URL": f"{at}/zone?{signature}"}


if __name__ == "__main__":
    for server, port in (argument.split("=") for argument in sys.argv[1:]):
        for name, value in {"moto": moto, "azurite": azurite}[server](port).items():
            print(f"export {name}={shlex.quote(value)}")
