"""Checks the public record of a 阳光督查 portal without trusting the portal: one file, Python 3.9 or newer.

    verify.py proof FILE --key LINE                a .tlog-proof file, and the opening in it
    verify.py opening FILE                         a page's opening (/record/opening/N.json)
    verify.py log PLACE --key LINE                 a whole log: a folder, or an address such as https://…/record
    verify.py between OLD NEW --log PLACE --key …  what was added between two kept checkpoints

LINE is an Ed25519 public key as /record/keys shows it. Take it from paper or a friend: a key from the site that
is checked proves little. Signatures of other kinds are passed over. FILE and PLACE may be addresses.
Exit: 0 it holds, 1 it does not, 2 not understood. Standards: RFC 9162 section 2, RFC 8032, C2SP tlog-*.
"""

import argparse
import base64
import hashlib
import json
import sys
import urllib.error
import urllib.request

try:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ImportError:
    Ed25519PublicKey = None


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


def open_checkpoint(data, keys):
    """(origin, size, root) of a checkpoint that one of these keys has signed under the log's name."""
    text, gap, lines = data.decode().rpartition("\n\n")
    need(gap and lines.endswith("\n"), "not a signed note")
    origin, size, root = text.split("\n")
    need(size == str(int(size)) and len(unbase64(root)) == 32, "not a checkpoint")
    held = False
    for line in lines[:-1].split("\n"):
        dash, name, signature = line.split(" ")
        need(dash == "—", "not the line of a signature")
        raw = unbase64(signature)
        for key in (key for key in keys if key[:2] == (name, raw[:4].hex()) and name == origin):
            need(ed25519(key[2], f"{text}\n".encode(), raw[4:]), f"the signature of {name} does not hold")
            held = True
    need(held, f"none of the given keys has signed this checkpoint of {origin}")
    print(f"signed by {origin}: {size} entries, root {root}")
    return origin, int(size), unbase64(root)


def tree(hashes):
    """The root over leaf hashes, straight from the definition."""
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha()
    half = 1 << (len(hashes) - 1).bit_length() - 1
    return sha(b"\1", tree(hashes[:half]), tree(hashes[half:]))


def root_from(leaf, index, size, path):
    """The root that a path leads to from a leaf."""
    need(bool(path) == (size > 1), "the proof has not the length that it must have")
    if size == 1:
        return leaf
    half = 1 << (size - 1).bit_length() - 1
    if index < half:
        return sha(b"\1", root_from(leaf, index, half, path[:-1]), path[-1])
    return sha(b"\1", path[-1], root_from(leaf, index - half, size - half, path[:-1]))


def fetch(place):
    """The bytes of a file or an address; None when it is not there."""
    try:
        if place.startswith(("http://", "https://")):
            with urllib.request.urlopen(place, timeout=30) as answer:
                return answer.read(1 << 26)
        with open(place, "rb") as file:
            return file.read()
    except (FileNotFoundError, urllib.error.HTTPError) as error:  # 410: destroyed, and still has its leaf
        return error.read(1 << 26) if getattr(error, "code", 0) == 410 else None


def tile(place, level, index, width):
    """The hashes of a tile or the entries of a bundle; cut from the full one if that is all there is."""
    name = f"{index % 1000:03d}"
    while index := index // 1000:
        name = f"x{index % 1000:03d}/{name}"
    path = f"{place.rstrip('/')}/tile/{level}/{name}"
    data = fetch(path if width == 256 else f"{path}.p/{width}") or fetch(path)
    need(data is not None, f"{path} is missing")
    parts, at, size = [], 0, 32
    while at < len(data):
        if level == "entries":
            size, at = int.from_bytes(data[at : at + 2], "big"), at + 2
        need(at + size <= len(data), f"{path} is cut off")
        parts.append(data[at : at + size])
        at += size
    return parts[:width]


def read_log(place, size):
    """Entries and leaf hashes of a log, every tile of which must hold what they give."""
    widths = [min(256, size - at) for at in range(0, size, 256)]
    leaves = [leaf for index, width in enumerate(widths) for leaf in tile(place, "entries", index, width)]
    hashes = [sha(b"\0", leaf) for leaf in leaves]
    row, level = hashes, 0
    while row:
        for at in range(0, len(row), 256):
            found, part = tile(place, level, at // 256, len(row[at : at + 256])), row[at : at + 256]
            wrong = [n for n, given in enumerate(part, start=at) if found[n - at : n - at + 1] != [given]]
            need(not wrong, f"tile {level}/{at // 256} does not hold the hash of {wrong[:1]} below it")
        row, level = [tree(row[at : at + 256]) for at in range(0, len(row) - 255, 256)], level + 1
    return leaves, hashes


def check_opening(said):
    """Leaf, salt and document of an entry must belong together."""
    need(sha(b"\0", said["leaf"].encode()).hex() == said["leaf_hash"], "the leaf hash is not the leaf's")
    leaf = json.loads(said["leaf"])
    need(leaf["seq"] == said["seq"], "the leaf is of another entry")
    print(f"entry {leaf['seq']}: {leaf['act']} {leaf['item']}, version {leaf['version']}, at {leaf['at']}")
    if "document" in said:
        opened = sha(b"sunlight/opening/v1\n", bytes.fromhex(said["salt"]), said["document"].encode()).hex()
        need(opened == leaf["commit"], "the document is not what was committed to")
        print(f"the document is what was committed to: {json.loads(said['document']).get('title')}")
    else:
        print("its content is not shown any more; that it was there is proven all the same")


def check_proof(data, keys):
    head, _, note = data.partition(b"\n\n")
    first, extra, index, *path = head.decode().split("\n")
    need(first == "c2sp.org/tlog-proof@v1" and extra[:6] == "extra ", "not a proof file with an opening")
    said, number = json.loads(unbase64(extra[6:])), int(index[6:])
    _, size, root = open_checkpoint(note, keys)
    check_opening(said)
    need(index == f"index {said['seq']}" and 0 <= number < size, "the proof is of another entry")
    found = root_from(sha(b"\0", said["leaf"].encode()), number, size, [unbase64(step) for step in path])
    need(found == root, "the entry is not in the tree that was signed")


def check_between(old, new, place, keys):
    (name, before, old_root), (other, after, root) = open_checkpoint(old, keys), open_checkpoint(new, keys)
    need(name == other and before <= after, "the second is not a later checkpoint of the same log")
    leaves, hashes = read_log(place, after)
    need(tree(hashes) == root, "the log is not what the later checkpoint has signed")
    need(tree(hashes[:before]) == old_root, "HISTORY WAS CHANGED: the log does not begin with the old one")
    for leaf in map(json.loads, leaves[before:]):
        print(f"+ {leaf['seq']} {leaf['at']} {leaf['act']} {leaf['item']} version {leaf['version']}")
    print(f"{after - before} entries were added; nothing before them was changed")


def main(words=None):
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("what", choices=("proof", "opening", "log", "between"))
    ask.add_argument("places", nargs="+")
    ask.add_argument("--key", action="append", default=[])
    ask.add_argument("--log", default="")
    asked = ask.parse_args(words)
    try:
        keys = [key for key in map(key_of, asked.key) if key]
        files = [fetch(each + ("/checkpoint" if asked.what == "log" else "")) for each in asked.places]
        need(None not in files, "there is no such file")
        if asked.what == "opening":
            check_opening(json.loads(*files))
        elif asked.what == "proof":
            check_proof(*files, keys)
        elif asked.what == "log":
            _, size, root = open_checkpoint(*files, keys)
            need(tree(read_log(asked.places[0], size)[1]) == root, "the entries do not give the signed root")
            print(f"all {size} entries and all tiles agree with what was signed")
        else:
            check_between(*files, asked.log, keys)
        print("it holds")
    except Wrong as wrong:
        return print(f"WRONG: {wrong}") or 1
    except (ValueError, KeyError, IndexError, TypeError, OSError) as error:
        return print(f"not understood: {type(error).__name__}: {error}") or 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
