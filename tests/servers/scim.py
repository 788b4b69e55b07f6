"""The application of the `scim2-server` command, for gunicorn: the command itself speaks no TLS.

Nothing here answers a request: only parts of scim2-server do. SCIM_TOKEN is the one bearer token.
"""

import os

from scim2_models import ScimProvider
from scim2_server.memory import InMemoryStorage
from scim2_server.service import ScimService
from scim2_server.testserver.application import BEARER_TOKEN_SCHEME, BearerTokenApplication
from scim2_server.utils import (
    load_default_resource_types,
    load_default_schemas,
    load_default_service_provider_config,
)

config = load_default_service_provider_config()
config.authentication_schemes = [*(config.authentication_schemes or []), BEARER_TOKEN_SCHEME]
provider = ScimProvider.from_discovery(
    load_default_schemas().values(), load_default_resource_types().values(), config=config
)
application = BearerTokenApplication(
    InMemoryStorage(),
    provider,
    service=ScimService(provider, secret="not-a-secret"),
    bearer_tokens=[os.environ["SCIM_TOKEN"]],
)
