"""A browser without JavaScript for tests: cookies, forms with their tokens, redirects followed by hand."""

from __future__ import annotations

import re
from typing import Any

from werkzeug.test import Client, TestResponse

from tests.small_district import PASSWORD

TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class Browser(Client):
    """Werkzeug's client with the manners of a browser that runs no scripts."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """As always, but the whole body is read and closed, as a real browser does."""
        options.setdefault("buffered", True)
        return super().open(*args, **options)

    def token(self, path: str) -> str:
        """The CSRF token of the first form on a page."""
        found = TOKEN.search(self.get(path).get_data(as_text=True))
        assert found, f"no form with a token on {path}"
        return found.group(1)

    def submit(
        self, path: str, data: dict[str, Any] | None = None, *, page: str | None = None, **options: Any
    ) -> TestResponse:
        """Post a form as the page that carries it would: with the page's token."""
        return self.post(path, data={"csrf_token": self.token(page or path), **(data or {})}, **options)

    def sign_in(self, login: str, password: str = PASSWORD) -> TestResponse:
        return self.submit("/account/login", {"login": login, "password": password})
