"""A bar chart as SVG, with its numbers as a table for who cannot see it. Pure."""

from __future__ import annotations

from markupsafe import Markup

from bot.engine.views import Chart

WIDTH, HEIGHT, FOOT, HEAD = 640, 220, 34, 20
MOST_LABELS = 12  # more would run into each other


def chart(shown: Chart) -> Markup:
    """The picture and the table. Its colours are the sheet's, so it follows dark mode."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td>{}</td></tr>').format(*bar) for bar in shown.bars
    )
    picture = Markup("<figure>{}</figure>").format(_picture(shown))
    some = any(number for _, number in shown.bars)
    return Markup(
        "<section><h2>{0}</h2>{1}"
        '<div class="wide"><table><caption>{0}</caption><thead><tr><th scope="col">{2}</th>'
        '<th scope="col">{3}</th></tr></thead><tbody>{4}</tbody></table></div></section>'
    ).format(shown.title, picture if some else "", *shown.columns, rows)


def _picture(shown: Chart) -> Markup:
    most = max((number for _, number in shown.bars), default=0) or 1
    step = WIDTH / max(len(shown.bars), 1)
    every = -(-len(shown.bars) // MOST_LABELS)
    bars = Markup("").join(
        _bar(n * step, step, number / most, number, name if n % max(every, 1) == 0 else "")
        for n, (name, number) in enumerate(shown.bars)
    )
    return Markup(
        '<svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}'
        '<line class="axis" x1="0" y1="{}" x2="{}" y2="{}"></line></svg>'
    ).format(WIDTH, HEIGHT, shown.title, bars, HEIGHT - FOOT, WIDTH, HEIGHT - FOOT)


def _bar(x: float, step: float, part: float, number: int, name: str) -> Markup:
    tall = part * (HEIGHT - FOOT - HEAD)
    top, middle = HEIGHT - FOOT - tall, x + step / 2
    words = Markup('<text x="{:.1f}" y="{:.1f}">{}</text>')
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"></rect>{}{}').format(
        x + step * 0.15,
        top,
        step * 0.7,
        tall,
        words.format(middle, top - 5, number) if number else "",
        words.format(middle, HEIGHT - FOOT + 18, name),
    )
