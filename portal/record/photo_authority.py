"""The authority under which photos are signed, and its place on the record.

It is our own: a certificate of the site that vouches for one other, whose key signs. The authority's private key is
thrown away as soon as it has done so; a new key is a new authority, and the record lists all of them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy.orm import Session

from portal.record.log import document_of, latest

KIND = "authority"
ITEM = "authority/photos"
YEARS = 30  # a photo is looked at long after it was published; the record says when that was
MOST_NAME = 64  # characters of a name in a certificate
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, repr=False)
class PhotoKey:
    """What signs photos: private key, its certificate, and that of the authority, each as PEM. Nothing here says the
    key when printed."""

    private: str
    certificate: str
    authority: str

    @classmethod
    def make(cls, site: str, *, now: dt.datetime) -> Self:
        ours, theirs = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        authority = _signed(_authority(site, ours, now), ours)
        certificate = _signed(_certificate(site, theirs, ours, now), ours)
        private = theirs.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return cls(private.decode(), certificate, authority)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises `ValueError`, which says nothing of what the file holds."""
        parts = text.split("-----BEGIN ")
        if len(parts) != 4 or parts[0]:
            raise ValueError("not a key with two certificates")
        key = cls(*(f"-----BEGIN {part}" for part in parts[1:]))
        try:
            private = serialization.load_pem_private_key(key.private.encode(), password=None)
            certificate, authority = key._loaded()
            certificate.verify_directly_issued_by(authority)
        except (TypeError, InvalidSignature):
            raise ValueError("a key whose certificates do not belong together") from None
        if certificate.public_key() != private.public_key():
            raise ValueError("a key of another certificate")
        return key

    def text(self) -> str:
        """What the file holds."""
        return self.private + self.certificate + self.authority

    def _loaded(self) -> tuple[x509.Certificate, x509.Certificate]:
        one, other = self.certificate.encode(), self.authority.encode()
        return x509.load_pem_x509_certificate(one), x509.load_pem_x509_certificate(other)


def authorities(session: Session) -> list[str]:
    """Every authority under which photos were signed, oldest first, as the record says it."""
    entry = latest(session, ITEM)
    document = None if entry is None else document_of(session, entry.seq)
    return [] if document is None else list(document["certificates"])


def _authority(site: str, key: ec.EllipticCurvePrivateKey, now: dt.datetime) -> x509.CertificateBuilder:
    return (
        _builder(site, f"{site} photo authority", key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
    )


def _certificate(
    site: str, key: ec.EllipticCurvePrivateKey, issuer: ec.EllipticCurvePrivateKey, now: dt.datetime
) -> x509.CertificateBuilder:
    from_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    return (
        _builder(site, f"{site} photos", key.public_key(), now)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(from_issuer, critical=False)
    )


def _builder(
    site: str, name: str, key: ec.EllipticCurvePublicKey, now: dt.datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(site, name))
        .issuer_name(_name(site, f"{site} photo authority"))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 365 * YEARS * _DAY)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _name(site: str, name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, site[:MOST_NAME]),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:MOST_NAME]),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> str:
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
