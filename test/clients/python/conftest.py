"""What the suites need besides an endpoint: the pictures and documents that they would fetch from the web."""

import base64
import os

import httpx
import pytest

picture = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
document = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def no_web(monkeypatch):
    """`httpx.get` answers by itself: a test must not depend on somebody's web server."""

    def get(url, **_):
        content = document if str(url).endswith(".pdf") else picture
        return httpx.Response(200, content=content, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)


@pytest.fixture
def url():
    return os.environ["LOCAL_BEDROCK"]
