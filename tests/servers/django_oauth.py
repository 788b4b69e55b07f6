"""A destination made of django-oauth-toolkit and Django REST framework.

Authorization, login, token endpoint, token check, parsers, challenges and error answers are theirs; only the two views are
written here: `POST /intake/` keeps people, `GET /people/<key>/` says what is kept of one.
`python django_oauth.py seed` makes the database DATABASE in the current folder, with a client for each grant and the person
who logs in. With INTROSPECTION, an address, the tokens are those of another server, which is asked there.
"""

import os
import sys
from pathlib import Path

import django
from django.conf import settings

TOKENS_OF_ANOTHER = {
    "RESOURCE_SERVER_INTROSPECTION_URL": os.environ.get("INTROSPECTION"),
    "RESOURCE_SERVER_INTROSPECTION_CREDENTIALS": ("intake", os.environ.get("CLIENT_SECRET")),
}

# the one page that Django leaves to others
LOGIN = "<form method=post>{% csrf_token %}{{ form }}<button>Log in</button></form>"

settings.configure(
    ALLOWED_HOSTS=["localhost"],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": os.environ["DATABASE"],
            "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
        }
    },
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "oauth2_provider",
        "rest_framework",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    # the toolkit's own defaults stand, tokens of ten hours and refresh tokens that are good for one use among them, but for
    # one: Experience Platform sends no proof key (RFC 7636)
    OAUTH2_PROVIDER={
        "SCOPES": {"people": "Deliver people"},
        "DEFAULT_SCOPES": ["people"],
        "PKCE_REQUIRED": False,
        **(TOKENS_OF_ANOTHER if "INTROSPECTION" in os.environ else {}),
    },
    # Django's advice for tests: what it hashes by default takes half of a run
    PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    REST_FRAMEWORK={
        "DEFAULT_AUTHENTICATION_CLASSES": [
            "oauth2_provider.contrib.rest_framework.OAuth2Authentication"
        ],
        "DEFAULT_PERMISSION_CLASSES": [
            "oauth2_provider.contrib.rest_framework.TokenHasScope"
        ],
        "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
        "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
        "UNAUTHENTICATED_USER": None,
    },
    ROOT_URLCONF=__name__,
    SECRET_KEY="not-a-secret",
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    STATIC_URL="static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN}),
                    "django.template.loaders.app_directories.Loader",
                ]
            },
        }
    ],
    USE_TZ=True,
)
django.setup()

from django.contrib.auth.views import LoginView  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.urls import include, path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.exceptions import NotFound  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

PEOPLE = {}


class Key(serializers.Serializer):
    kind = serializers.CharField()
    value = serializers.CharField(trim_whitespace=False)


class Person(serializers.Serializer):
    keys = Key(many=True, allow_empty=False)
    joined = serializers.ListField(child=serializers.CharField())
    left = serializers.ListField(child=serializers.CharField())
    fields_ = serializers.DictField(child=serializers.CharField(
        allow_null=True, allow_blank=True, trim_whitespace=False))


class Delivery(serializers.Serializer):
    people = Person(many=True, allow_empty=False, max_length=25)


class Intake(APIView):
    required_scopes = ["people"]

    def post(self, request):
        delivery = Delivery(data=request.data)
        delivery.is_valid(raise_exception=True)
        for person in delivery.validated_data["people"]:
            keys = [key["value"] for key in person["keys"]]
            kept = next((PEOPLE[key] for key in keys if key in PEOPLE), None)
            kept = kept or {"keys": [], "audiences": [], "fields": {}}
            kept["keys"] = sorted({*kept["keys"], *keys})
            kept["audiences"] = sorted({*kept["audiences"], *person["joined"]} - {*person["left"]})
            kept["fields"].update(person["fields_"])
            PEOPLE.update((key, kept) for key in kept["keys"])
        return Response(status=202)


class Kept(APIView):
    required_scopes = ["people"]

    def get(self, request, key):
        if key not in PEOPLE:
            raise NotFound
        return Response(PEOPLE[key])


urlpatterns = [
    path("accounts/login/", LoginView.as_view()),
    path("o/", include("oauth2_provider.urls", namespace="oauth2_provider")),
    path("intake/", Intake.as_view()),
    path("people/<path:key>/", Kept.as_view()),
]
application = get_wsgi_application()


def seed():
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from oauth2_provider.models import Application

    call_command("migrate", verbosity=0)
    User.objects.create_user(os.environ["PERSON"], password=os.environ["PERSON_PASSWORD"])
    # of a program on this machine any port is as good as another (RFC 8252 section 7.3)
    redirect_uris = Path(__file__).with_name("redirect-uris.txt").read_text().split()
    for client_id, grant, uris in [
        ("adobe", "client-credentials", []),
        ("adobe-password", "password", []),
        ("adobe-code", "authorization-code", redirect_uris),
    ]:
        Application.objects.create(
            client_id=client_id,
            client_secret=os.environ["CLIENT_SECRET"],
            client_type="confidential",
            authorization_grant_type=grant,
            redirect_uris=" ".join(uris),
        )


if __name__ == "__main__" and sys.argv[1:] == ["seed"]:
    seed()
