"""The page that the app package names for privacy and terms, in both languages. Pure."""

from __future__ import annotations

from html import escape

from bot.engine.texts import LANGUAGES, Texts

PATH = "/teams/privacy"


def page(texts: Texts) -> str:
    """Plain HTML without a script or a style."""
    parts = [_part(texts, lang) for lang in LANGUAGES]
    return (
        '<!doctype html><html lang="nl"><head><meta charset="utf-8"><title>Opnamewijzer</title>'
        '<meta name="viewport" content="width=device-width"></head>'
        f"<body><main>{'<hr>'.join(parts)}</main></body></html>"
    )


def _part(texts: Texts, lang: str) -> str:
    def t(key: str) -> str:
        return escape(texts(f"teams.about.{key}", lang))

    anchor = ' id="terms"' if lang == LANGUAGES[0] else ""
    paragraphs = "".join(f"<p>{t(key)}</p>" for key in ("kept", "who", "rights"))
    return (
        f'<section lang="{lang}"><h1>{t("title")}</h1><h2>{t("privacy")}</h2>{paragraphs}'
        f"<h2{anchor}>{t('terms')}</h2><p>{t('terms_text')}</p></section>"
    )
