"""C2PA manifests in our renditions (c2pa-python), signed with our own key and under our own authority.

The library is 23 MB and is loaded at the first signature, so only the worker ever does. It asks nobody: no time
stamp, no revocation, no remote manifest. Its thumbnail is switched off, which would be larger than the picture's own
renditions.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import json
from functools import cached_property
from typing import Any

from portal.adapters.key_file import KeyFile, KeyUnusable
from portal.imaging.credit_line import credited
from portal.ports import CredentialsUnavailable, Statement
from portal.record.photo_authority import PhotoKey

LIBRARY = "c2pa"
OURS = "org.sunlight-oversight.photo"  # our assertion: what the record says of this photo
_JPEG = "image/jpeg"
_ORIGINAL = "original"
_SETTINGS = {
    "builder": {
        "thumbnail": {"enabled": False},
        "created_assertion_labels": [
            OURS,
            "c2pa.actions",
            "c2pa.ingredient",
        ],  # we say this, and heard it from nobody
    }
}


class C2paCredentials:
    """`file` is only remembered; it is read at the first signature, and again after it was changed."""

    def __init__(self, file: KeyFile[PhotoKey], *, site: str) -> None:
        self._file, self._site = file, site

    def check(self) -> str | None:
        if importlib.util.find_spec(LIBRARY) is None:
            return f"the library {LIBRARY}-python is not installed: pip install -r requirements.txt"
        try:
            self._file.read()
        except KeyUnusable as trouble:
            return str(trouble)
        return None

    @property
    def authority(self) -> str:
        return self._key().authority

    def sign(self, jpeg: bytes, statement: Statement) -> bytes:
        picture = credited(jpeg, credit=statement.credit, identifier=statement.identifier)
        key, signed = self._key(), io.BytesIO()
        try:
            library = self._library
            info = library.C2paSignerInfo(
                library.C2paSigningAlg.ES256, key.certificate.encode(), key.private.encode(), None
            )
            manifest = json.dumps(self._manifest(statement))
            with (
                library.Signer.from_info(info) as signer,
                library.Builder(manifest, self._context) as builder,
            ):
                builder.sign(signer, _JPEG, io.BytesIO(picture), signed)
        except (ImportError, OSError) as missing:
            raise CredentialsUnavailable(
                f"the library {LIBRARY}-python does not load: {missing}"
            ) from missing
        except self._library.C2paError as refused:
            raise CredentialsUnavailable(f"the library {LIBRARY}-python refuses: {refused}") from refused
        return signed.getvalue()

    def _manifest(self, statement: Statement) -> dict[str, Any]:
        """What is signed. The original is named by the commitment that the record has of it, and how the picture came
        about is not said: that a camera made it is the unit's claim."""
        opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [_ORIGINAL]}}
        return {
            "claim_generator_info": [{"name": self._site}],
            "title": statement.identifier,
            "ingredients": [{"title": "sealed original", "relationship": "parentOf", "label": _ORIGINAL}],
            "assertions": [
                {"label": "c2pa.actions.v2", "data": {"actions": [opened, {"action": "c2pa.published"}]}},
                {
                    "label": OURS,
                    "data": {
                        "address": statement.address,
                        "original": statement.original,
                        "photo": statement.photo,
                        "project": statement.project,
                        "report": statement.report,
                        "site": statement.site,
                    },
                },
            ],
        }

    def _key(self) -> PhotoKey:
        try:
            return self._file.read()
        except KeyUnusable as trouble:
            raise CredentialsUnavailable(str(trouble)) from trouble

    @cached_property
    def _library(self) -> Any:
        return importlib.import_module(LIBRARY)

    @cached_property
    def _context(self) -> Any:
        library = self._library
        return library.Context(library.Settings.from_json(json.dumps(_SETTINGS)))
