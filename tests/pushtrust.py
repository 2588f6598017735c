"""A certificate for any name, signed by itself: who trusts the file takes its holder for that machine."""

import ssl
from datetime import UTC, datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat


class Trust:
    """The certificate of `name` and its key."""

    def __init__(self, name):
        self._private = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        is_number = name.replace(".", "").isdecimal()
        named = x509.IPAddress(ip_address(name)) if is_number else x509.DNSName(name)
        builder = x509.CertificateBuilder(subject, subject, self._private.public_key(), x509.random_serial_number())
        # The clock of a test may stand anywhere; that of TLS is the machine's.
        builder = builder.not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        builder = builder.not_valid_after(datetime(2090, 1, 1, tzinfo=UTC))
        builder = builder.add_extension(x509.SubjectAlternativeName([named]), critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self._certificate = builder.sign(self._private, hashes.SHA256())

    def write(self, folder):
        """Write the certificate into a file and return its path."""
        path = folder / "trusted.pem"
        path.write_bytes(self._certificate.public_bytes(Encoding.PEM))
        return path

    def context(self, folder):
        """Return what a server needs to show the certificate."""
        both = folder / "shown.pem"
        secret = self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        both.write_bytes(self._certificate.public_bytes(Encoding.PEM) + secret)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(both)
        return context
