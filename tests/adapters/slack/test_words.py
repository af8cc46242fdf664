"""What Slack puts between the words is no word."""

import pytest

from adapters.slack.parse import said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (":wave: hoi, mag dit? :smile:", "hoi, mag dit?"),
        (":warning::rotating_light: mag dit", "mag dit"),
        (":+1::skin-tone-3: top", "top"),
        ("de les van 10:30 tot 11:15", "de les van 10:30 tot 11:15"),
        ("let op: 10:30:00 uur", "let op: 10:30:00 uur"),
        ("<@U123> filmde mij", "iemand filmde mij"),
        ("<@U123|anna> filmde mij", "anna filmde mij"),
        ("<@UBOT> mag dit?", "mag dit?"),
        ("het staat in <#C12|algemeen>", "het staat in algemeen"),
        ("het staat in <#C12>", "het staat in een kanaal"),
        ("zie <https://a.nl/x|de pagina>", "zie de pagina"),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
    ],
)
def test_words(text: str, words: str) -> None:
    assert said(text, "UBOT") == words
