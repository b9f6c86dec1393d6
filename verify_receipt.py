"""Checks a receipt of a 阳光督查 portal without trusting the portal: one file, Python 3.9 or newer.

    verify_receipt.py FILE --log PLACE --key LINE [--kept CHECKPOINT]

FILE: a .receipt; PLACE: the public record, an address such as https://…/record, or a folder that mirrors it;
LINE: an Ed25519 public key of the record, from paper or a friend; CHECKPOINT: a checkpoint that you kept yourself,
which makes evidence of entries that were dated earlier than they were made. Everything is read from public lists; the
receipt goes nowhere. The clock is yours (--now 2026-11-24T04:00:00Z for another).
Exit: 0 it holds, 1 something does not (then the receipt is evidence), 2 not understood.
"""

import argparse
import base64
import datetime as dt
import hashlib
import json
import sys
import urllib.error
import urllib.request

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DAY = dt.timedelta(hours=24)
WORDS = ("month", "physical_percent", "done", "problems", "next_step", "reason")


class Wrong(Exception):
    """It does not hold, and why."""


def need(holds, why):
    if not holds:
        raise Wrong(why)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


# Ed25519, RFC 8032 section 5.1, by hand where no library is
P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def point(data):
    y, odd = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    xx = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    wrong = y >= P or (x * x - xx) % P or (x == 0 and odd)
    return None if wrong else (P - x if x & 1 != odd else x, y)


def add(p, q):
    across = D * p[0] * q[0] * p[1] * q[1]
    x = (p[0] * q[1] + q[0] * p[1]) * pow(1 + across, -1, P) % P
    return x, (p[1] * q[1] + p[0] * q[0]) * pow(1 - across, -1, P) % P


def times(n, p):
    found = (0, 1)
    for bit in f"{n:b}":
        found = add(add(found, found), p) if bit == "1" else add(found, found)
    return found


def ed25519_by_hand(public, message, signature):
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = point(public), point(signature[:32]), int.from_bytes(signature[32:], "little")
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    base = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))
    return bool(a and r and s < L and times(s, base) == add(r, times(k, a)))


def ed25519(public, message, signature):
    if Ed25519PublicKey is None:
        return ed25519_by_hand(public, message, signature)
    try:
        return Ed25519PublicKey.from_public_bytes(public).verify(signature, message) is None
    except Exception:  # whatever the library says, it did not hold
        return False


def unbase64(text):
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text, f"not base64 in its one form: {text[:40]}")
    return data


def key_of(line):
    """(name, id, key) of an Ed25519 public key's line, None for a key of another kind."""
    name, id_, material = line.strip().split("+", 2)
    data = unbase64(material)
    need(sha(f"{name}\n".encode(), data)[:4].hex() == id_, "the key is damaged")
    return (name, id_, data[1:]) if data[0] == 1 else None


def open_note(note, keys, of):
    """The lines of a note that one of these keys has signed."""
    text, gap, lines = note.rpartition("\n\n")
    need(gap and lines.endswith("\n"), f"{of} is not a signed note")
    held = False
    for line in lines[:-1].split("\n"):
        dash, name, signature = line.split(" ")
        need(dash == "—", f"{of} has a line that is no signature")
        raw = unbase64(signature)
        for key in (key for key in keys if key and key[:2] == (name, raw[:4].hex())):
            need(
                ed25519(key[2], f"{text}\n".encode(), raw[4:]),
                f"the signature of {of} does not hold: it was changed",
            )
            held = True
    need(held, f"{of} is not signed by a key that should have signed it: a forgery, or THE KEY WAS CHANGED")
    return text.split("\n")


def open_checkpoint(note, keys, of):
    """(size, root) of a checkpoint."""
    origin, size, root = open_note(note, keys, of)
    need(origin in {key[0] for key in keys}, f"{of} is of another log")
    return int(size), unbase64(root)


def tree(hashes):
    """The root over leaf hashes, straight from the definition."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1", tree(hashes[:half]), tree(hashes[half:]))


def fetch(place):
    """The bytes of a file or an address; None when it is not there."""
    try:
        if place.startswith(("http://", "https://")):
            with urllib.request.urlopen(place, timeout=30) as answer:
                return answer.read(1 << 26)
        with open(place, "rb") as file:
            return file.read()
    except (FileNotFoundError, urllib.error.HTTPError):
        return None


def must(place):
    data = fetch(place)
    need(data is not None, f"{place} is missing")
    return data


class Log:
    """The public record, read whole: its entries must give the root that was signed."""

    def __init__(self, place, keys):
        self.place, self.leaves = place.rstrip("/"), []
        self.size, root = open_checkpoint(
            must(f"{self.place}/checkpoint").decode(), keys, "the log's checkpoint"
        )
        for index, width in enumerate(min(256, self.size - at) for at in range(0, self.size, 256)):
            self.leaves += self.bundle(index, width)
        self.hashes = [sha(b"\0", leaf) for leaf in self.leaves]
        need(tree(self.hashes) == root, "the entries do not give the root that was signed")

    def bundle(self, index, width):
        name = f"{index % 1000:03d}"
        while index := index // 1000:
            name = f"x{index % 1000:03d}/{name}"
        path, parts, at = f"{self.place}/tile/entries/{name}", [], 0
        data = (fetch(f"{path}.p/{width}") if width < 256 else None) or must(path)
        while at < len(data):
            size = int.from_bytes(data[at : at + 2], "big")
            parts.append(data[at + 2 : at + 2 + size])
            at += 2 + size
        return parts[:width]

    def must_begin_with(self, size, root, of):
        need(
            size <= self.size,
            f"{of} was signed for {size} entries, today's log has {self.size}: AN OLDER STATE WAS RESTORED",
        )
        need(
            tree(self.hashes[:size]) == root,
            f"today's log does not begin with {of}: IT WAS FORKED OR REWRITTEN",
        )

    def document(self, seq):
        """The leaf, and the document that it committed to; None when that was destroyed."""
        leaf, data = json.loads(self.leaves[seq]), fetch(f"{self.place}/opening/{seq}.json")
        said = json.loads(data) if data else {}
        if "document" not in said:
            return leaf, None
        opened = sha(b"sunlight/opening/v1\n", bytes.fromhex(said["salt"]), said["document"].encode()).hex()
        need(opened == leaf["commit"], f"entry {seq}: the document shown is not what was committed to")
        return leaf, json.loads(said["document"])

    def receipts(self):
        """(number, leaf, document) of every entry about receipts."""
        for seq, leaf in enumerate(map(json.loads, self.leaves)):
            if leaf["kind"] == "receipts":
                _, document = self.document(seq)
                need(document, f"entry {seq} about receipts is not shown")
                yield seq, leaf, document


def moment(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def secrets_of(code):
    """From a code: the function that hashes under a name with the secret."""
    letters = code.replace("-", "")
    number = 0
    for letter in letters[:24]:
        number = number * 32 + ALPHABET.index(letter)
    secret = sha(b"sunlight/secret/v1\n", number.to_bytes(15, "big"))
    return lambda name, *more: sha(f"sunlight/{name}/v1\n".encode(), secret, *more)


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def check(file, log, log_keys, kept, now):
    """Yields what does not hold."""
    head, _, note = file.decode().partition("\n\n")
    first, *rest = head.split("\n")
    need(first == "sunlight/receipt-file/v1", "not a receipt's file")
    said = dict(line.split(" ", 1) for line in rest)
    batches = list(log.receipts())
    keys = [
        key_of(line)
        for _, leaf, document in batches
        if leaf["item"] == "receipts/keys"
        for line in document["keys"]
    ]
    kind, origin, commitment, received, by = open_note(note, keys, "the receipt")
    need((kind, origin) == ("sunlight/receipt/v1", log_keys[0][0]), "a receipt of another log")
    committed, received, by = unbase64(commitment), moment(received), moment(by)
    print(f"signed: received {received:%Y-%m-%d %H:%M:%S} UTC, will be decided by {by:%Y-%m-%d %H:%M} UTC")
    made = secrets_of(said["code"])
    content = json.loads(said["content"]) if "content" in said else None
    if content is not None:
        opened = made("receipt", said["content"].encode())
        need(opened == committed, "the content is not what the receipt committed to")
        print("the content is what was handed in, to the letter")
    begins_with(log, said.get("checkpoint") and unbase64(said["checkpoint"]), log_keys, "in the receipt")
    known = begins_with(log, kept, log_keys, "you kept")
    lines = [
        (seq, moment(leaf["at"]), bytes.fromhex(line))
        for seq, leaf, document in batches
        for line in document.get("lines", ())
    ]
    yield from logged(lines, committed, received, by, made, now)
    if kept:
        yield from back_dated(lines, known, committed, made, received)
    yield from decided(log, lines, content, by, made, now)


def begins_with(log, given, keys, where):
    """The size of a checkpoint with which today's log must begin; None where there is none."""
    if not given:
        return None
    name = f"the checkpoint {where}"
    size, root = open_checkpoint(given.decode(), keys, name)
    log.must_begin_with(size, root, name)
    print(f"today's log begins with {name}, of {size} entries")
    return size


def logged(lines, committed, received, by, made, now):
    found = [(seq, at, line) for seq, at, line in lines if line[:32] == committed]
    if not found:
        if now > received + DAY:
            yield f"NOT LOGGED: received {received}, should be in the log by {received + DAY}, is not: it was buried"
        else:
            print(f"not logged yet; it should be by {received + DAY}")
        return
    seq, at, line = found[0]
    print(f"logged in entry {seq} of {at:%Y-%m-%d %H:%M:%S} UTC")
    if at < received:
        yield f"BACK-DATED: entry {seq} says {at}, before it was received"
    if at > received + DAY:
        yield f"LOGGED TOO LATE: entry {seq} says {at}, more than 24 hours after it was received"
    if line[32:64] != made("logged") or xor(line[64:], made("times")) != b"".join(
        int(t.timestamp()).to_bytes(8, "big") for t in (received, by)
    ):
        yield f"CHANGED: entry {seq} says other times than those that were signed"


def back_dated(lines, kept, committed, made, received):
    for seq, at, line in lines:
        if line[:32] in (committed, made("decided")) and seq >= kept:
            print(
                f"entry {seq} was not there yet when your checkpoint of {kept} entries was signed; it says {at}"
            )
            if line[:32] == committed and at <= received + DAY:
                yield f"BACK-DATED if you kept that checkpoint after {received + DAY}: entry {seq} says {at}"


def decided(log, lines, content, by, made, now):
    pad = made("decision", b"\0") + made("decision", b"\1")
    found = [
        (seq, at, xor(line[32:], pad).rstrip(b"\0").decode("ascii"))
        for seq, at, line in lines
        if line[:32] == made("decided")
    ]
    if not found:
        if now > by + DAY:
            yield f"NOT DECIDED: should have been by {by}, and the log says nothing: it was buried"
        else:
            print(f"not decided yet; it should be by {by}")
        return
    if len({words for _, _, words in found}) > 1:
        yield f"TWO DECISIONS that contradict each other, in entries {[seq for seq, _, _ in found]}"
    seq, logged_at, words = found[0]
    outcome, at, *entry = words.split(" ")
    print(f"decided: {outcome} at {at}, logged in entry {seq} of {logged_at:%Y-%m-%d %H:%M:%S} UTC")
    if moment(at) > by or logged_at > moment(at) + DAY:
        yield f"DECIDED TOO LATE: {at}, logged {logged_at}; promised by {by}"
    for number in map(int, entry):
        leaf, shown = log.document(number)
        need(leaf["kind"] != "receipts", f"entry {number} is no publication")
        if shown is None or content is None:
            print(f"published as entry {number}; its words cannot be compared any more")
            continue
        differing = [name for name in WORDS if content.get(name, "") != shown.get(name, "")]
        if differing:
            yield f"SWAPPED: entry {number} shows another {', '.join(differing)} than was handed in"
        else:
            print(f"what was published as entry {number} is what was handed in, word for word")


def main(words=None):
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("file")
    ask.add_argument("--log", required=True)
    ask.add_argument("--key", action="append", required=True)
    ask.add_argument("--kept", default="")
    ask.add_argument("--now", default="")
    asked = ask.parse_args(words)
    try:
        keys = [key for key in map(key_of, asked.key) if key]
        kept = must(asked.kept) if asked.kept else None
        now = moment(asked.now) if asked.now else dt.datetime.now(dt.timezone.utc)
        wrong = list(check(must(asked.file), Log(asked.log, keys), keys, kept, now))
    except Wrong as reason:
        wrong = [str(reason)]
    except (ValueError, KeyError, IndexError, TypeError, OSError) as error:
        return print(f"not understood: {type(error).__name__}: {error}") or 2
    for each in wrong:
        print(f"WRONG: {each}")
    print("this receipt is evidence: keep it, copy it, show it" if wrong else "it holds")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
