"""Signed, expiring addresses of one page of ours, for people who are reached by mail alone."""

from __future__ import annotations

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

LIFETIME = 30 * 24 * 3600


class BadLink(Exception):
    """The link is not ours, was changed, or is too old."""


class OldLink(BadLink):
    """The link was ours, and has expired."""


class Links:
    """Makes and reads the tokens; the secret lives in the database (`secret(db, 'links')`)."""

    def __init__(self, secret: str, url: str) -> None:
        self._signer = URLSafeTimedSerializer(secret, salt="page")
        self._url = url

    def make(self, subject: str, email: str) -> str:
        """The address of the page that shows `subject` to the person with this e-mail."""
        return f"{self._url}/page/{self._signer.dumps([subject, email])}"

    def read(self, token: str) -> tuple[str, str]:
        """(subject, e-mail) of a token. BadLink when it is forged, OldLink after 30 days."""
        try:
            subject, email = self._signer.loads(token, max_age=LIFETIME)
        except SignatureExpired:
            raise OldLink from None
        except (BadSignature, ValueError):
            raise BadLink from None
        return str(subject), str(email)
