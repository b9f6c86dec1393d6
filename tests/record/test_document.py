"""Canonical JSON and commitments."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.record.document import canonical, commitment, seal

documents = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(max_codepoint=127), max_size=6), inner, max_size=4)
    ),
    max_leaves=12,
)


def test_keys_are_sorted_text_is_nfc_and_nothing_is_escaped_that_need_not_be():
    assert canonical({"b": 1, "a": "e\u0301 清河区"}) == '{"a":"é 清河区","b":1}'.encode()


@pytest.mark.parametrize(
    "value", [1.5, None, {"k": None}, {"键": 1}, {1: 2}, 2**53, [float("nan")], b"bytes"]
)
def test_what_a_document_may_not_hold_is_refused(value):
    with pytest.raises(ValueError, match=r"\$"):
        canonical(value)


@given(documents)
def test_reading_and_writing_again_changes_no_byte(document):
    once = canonical(document)
    assert canonical(json.loads(once)) == once


def test_a_commitment_is_the_hash_of_label_salt_and_document():
    salt = bytes(range(32))
    assert commitment(salt, b"{}") == hashlib.sha256(b"sunlight/opening/v1\n" + salt + b"{}").hexdigest()
    assert commitment(salt, b"{}") != commitment(bytes(32), b"{}")


def test_a_seal_fixes_an_original_without_naming_it():
    digest = "ab" * 32
    assert seal(bytes(32), digest) != seal(bytes(31) + b"\x01", digest)
    assert digest not in seal(bytes(32), digest)
