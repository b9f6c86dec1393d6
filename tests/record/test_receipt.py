"""Codes, notes, lines and files of receipts: exactly one form, and nothing to be read without the secret."""

from __future__ import annotations

import datetime as dt
import hashlib
import random

import pytest

from portal.record.notes import Note, NoteRefused
from portal.record.receipt import (
    ALPHABET,
    LINE,
    Code,
    Decided,
    Receipt,
    batch_document,
    canonical_content,
    lines_in,
    read_file,
    receipt_file,
)
from portal.record.receipt_key import ReceiptKey

AT = dt.datetime(2026, 11, 24, 4, tzinfo=dt.UTC)
CODE = Code(bytes(range(15)))
CONTENT = canonical_content({"done": "挡墙裂了。", "photos": []})
RECEIPT = Receipt(
    origin="sunlight.example/record",
    commitment=CODE.commitment(CONTENT),
    received_at=AT,
    decide_by=AT + dt.timedelta(days=7),
)


def test_a_code_is_what_the_documents_say():
    check = int.from_bytes(hashlib.sha256(b"sunlight/code/v1\n" + CODE.data).digest(), "big") >> 236
    letters = CODE.text.replace("-", "")
    number = 0
    for each in letters:
        number = number * 32 + ALPHABET.index(each)
    assert (number >> 20, number & (1 << 20) - 1) == (int.from_bytes(CODE.data, "big"), check)
    secret = hashlib.sha256(b"sunlight/secret/v1\n" + CODE.data).digest()
    assert CODE.secret == secret
    assert RECEIPT.commitment == hashlib.sha256(b"sunlight/receipt/v1\n" + secret + CONTENT).digest()
    assert CODE.mark == hashlib.sha256(b"sunlight/logged/v1\n" + secret).digest()


def test_a_code_is_read_as_people_write_it():
    text = CODE.text
    for typed in (
        text.lower(),
        text.replace("-", ""),
        f" {text.replace('-', ' ')}\n",
        text.replace("0", "o"),
        text.replace("1", "l"),
    ):
        assert Code.parse(typed).data == CODE.data


def test_every_single_slip_of_a_finger_is_noticed():
    letters = CODE.text.replace("-", "")
    for place, right in enumerate(letters):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(ValueError, match=r"code|mistyped"):
                Code.parse(letters[:place] + wrong + letters[place + 1 :])
    for typed in ("", letters[:-1], letters + "0", "U" * 28, "挡" * 28):
        with pytest.raises(ValueError, match="code"):
            Code.parse(typed)


def test_a_code_is_not_said_by_accident():
    assert "0001" not in repr(CODE)
    key = ReceiptKey.make("sunlight.example/record")
    assert key.seed.hex() not in repr(key)
    assert str(key.seed) not in repr(key)


def test_lines_of_every_sort_have_one_length_and_are_read_by_their_own_code_alone():
    decision = Decided(outcome="published", at=AT, entry=12345)
    lines = [CODE.receipt_line(RECEIPT), CODE.decision_line(decision)]
    assert [len(line) for line in lines] == [LINE, LINE]
    assert CODE.receipt_in(lines[0]) == (RECEIPT.commitment, RECEIPT.received_at, RECEIPT.decide_by)
    assert CODE.decision_in(lines[1]) == decision
    assert (CODE.receipt_in(lines[1]), CODE.decision_in(lines[0])) == (None, None)
    stranger = Code(b"x" * 15)
    for line in (*lines, random.Random(1).randbytes(LINE)):
        assert (stranger.receipt_in(line), stranger.decision_in(line)) == (None, None)
    for word in (b"published", b"2026", b"12345"):
        assert word not in lines[1]


@pytest.mark.parametrize("entry", [None, 0, 2**40])
@pytest.mark.parametrize("outcome", ["published", "returned", "refused", "withdrawn"])
def test_the_words_of_every_decision_fit(outcome, entry):
    decision = Decided(outcome=outcome, at=AT, entry=entry)
    assert CODE.decision_in(CODE.decision_line(decision)) == decision


def test_a_batch_tells_nothing_by_its_order():
    lines = [random.Random(n).randbytes(LINE) for n in range(16)]
    document = batch_document(lines, dated=AT.date())
    assert document["lines"] == sorted(document["lines"])
    assert sorted(lines_in(document)) == sorted(lines)
    with pytest.raises(ValueError, match="80 bytes"):
        lines_in({"lines": ["00"]})


def test_a_note_and_a_file_come_back_as_they_went():
    key = ReceiptKey.make("sunlight.example/record")
    note = key.sign(RECEIPT)
    assert Receipt.parse(note.text) == RECEIPT
    assert ReceiptKey.parse(key.text()) == key
    text = receipt_file(code=CODE, content=CONTENT, checkpoint="a\n1\nroot\n\n— a b\n", note=note)
    code, content, checkpoint, again = read_file(text)
    assert (code.data, content, checkpoint) == (
        CODE.data,
        {"done": "挡墙裂了。", "photos": []},
        "a\n1\nroot\n\n— a b\n",
    )
    assert again == note
    assert read_file(receipt_file(code=CODE, content=None, checkpoint=None, note=note))[1:3] == (None, None)


@pytest.mark.parametrize(
    "text",
    [
        RECEIPT.text + "more\n",
        RECEIPT.text.replace("receipt/v1", "receipt/v2"),
        RECEIPT.text.replace("Z", "+00:00"),
        RECEIPT.text.replace("sunlight.example/record", "a b"),
        "\n".join(RECEIPT.text.split("\n")[:4]) + "\n",
    ],
)
def test_a_note_has_one_form(text):
    with pytest.raises(NoteRefused):
        Receipt.parse(text)


def test_a_key_of_another_sort_is_refused():
    key = ReceiptKey.make("sunlight.example/record")
    for text in (
        "",
        key.text().replace("/receipts", ""),
        key.text().upper(),
        key.text() + "\n",
        key.text()[:-3],
    ):
        with pytest.raises(NoteRefused):
            ReceiptKey.parse(text)
    with pytest.raises(ValueError, match="called"):
        ReceiptKey.make("a b")
    assert isinstance(key.sign(RECEIPT), Note)
