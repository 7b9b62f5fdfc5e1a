"""The electronic seal of a court: a PAdES signature that shows any later change of a paper.

The keys are derived from the installation's master key, so they need no file, survive restarts and are restored with it.
Their certificates are made by an authority of the installation itself: they prove integrity and origin to this
installation. A court that holds a certificate of a public authority signs with that one instead.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pyhanko.sign.signers import SimpleSigner

FIELD = "CourtSeal"
_VALID_FROM, _VALID_TO = datetime(2020, 1, 1, tzinfo=UTC), datetime(2049, 12, 31, tzinfo=UTC)
_CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(frozen=True, slots=True)
class SealCheck:
    """What a signed paper proves. `intact`: not one byte differs since it was sealed; `trusted`: sealed here."""

    signer: str
    intact: bool
    trusted: bool


def _private_key(master_key: bytes, purpose: str) -> ec.EllipticCurvePrivateKey:
    material = HKDF(algorithm=hashes.SHA256(), length=48, salt=None, info=f"seal:{purpose}".encode()).derive(
        master_key
    )
    return ec.derive_private_key(int.from_bytes(material) % (_CURVE_ORDER - 1) + 1, ec.SECP256R1())


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
        ]
    )


def _certificate(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(int.from_bytes(sha256(subject.encode()).digest()[:16]) >> 1)
        .not_valid_before(_VALID_FROM)
        .not_valid_after(_VALID_TO)
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )


_AUTHORITY = "Disposal Service Seal Authority"


@lru_cache(maxsize=8)
def authority_certificate(master_key: bytes) -> bytes:
    """The certificate (DER) by which this installation's seals are verified."""
    key = _private_key(master_key, "authority")
    certificate = _certificate(_AUTHORITY, key.public_key(), _AUTHORITY, key, authority=True)
    return certificate.public_bytes(serialization.Encoding.DER)


@lru_cache(maxsize=64)
def _signer(master_key: bytes, court: str) -> "SimpleSigner":
    from asn1crypto import keys  # type: ignore[import-untyped]
    from asn1crypto import x509 as asn1
    from pyhanko.sign.signers import SimpleSigner
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = _private_key(master_key, f"court:{court}")
    certificate = _certificate(
        court, key.public_key(), _AUTHORITY, _private_key(master_key, "authority"), authority=False
    )
    known = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    known.register(asn1.Certificate.load(authority_certificate(master_key)))
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(private),
        cert_registry=known,
    )


def seal_pdf(pdf: bytes, *, master_key: bytes, court: str) -> bytes:
    """The paper with the court's certifying signature: it allows no change at all. Takes no network and no clock service."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, sign_pdf

    sealed = sign_pdf(
        IncrementalPdfFileWriter(BytesIO(pdf)),
        PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
            name=court,
        ),
        signer=_signer(master_key, court),
        bytes_reserved=8192,
    )
    content: bytes = sealed.getvalue()
    return content


def check_seal(pdf: bytes, *, master_key: bytes) -> SealCheck | None:
    """What the paper's seal proves, or None when it bears none (or is no PDF)."""
    from asn1crypto import x509 as asn1
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    try:
        signatures: list[Any] = list(PdfFileReader(BytesIO(pdf)).embedded_signatures)
    except (PdfError, ValueError):
        return None
    if not signatures:
        return None
    root = asn1.Certificate.load(authority_certificate(master_key))
    status = validate_pdf_signature(
        signatures[0], ValidationContext(trust_roots=[root], allow_fetching=False)
    )
    return SealCheck(
        signer=status.signing_cert.subject.native["common_name"],
        intact=bool(status.bottom_line or (status.intact and status.valid)),
        trusted=bool(status.trusted),
    )
