"""Tokens, cost and latency over time as SVG. Pure, except that pygal is loaded for the first chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree as ET

from custom_providers.observability.audit.sums import CallSums

_COLORS = """inline:
.axis .guides .guide.line, .axis .line { stroke: #c4cad1 }
@media (prefers-color-scheme: dark) {
  .graph, .axis text, .axis text.major, .legends .legend text { fill: #d5d9de }
  .axis .guides .guide.line, .axis .line { stroke: #4b525b }
}"""
_SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One chart."""

    title: str
    unit: str
    lines: Mapping[str, Callable[[CallSums], float | None]]
    """By name, the value for each slot."""
    stacked: bool = True
    """Whether to draw stacked bars instead of lines."""


CHARTS: Mapping[str, Chart] = {
    "tokens": Chart(
        title="Tokens",
        unit="request and answer",
        lines={"request": lambda row: row.prompt_tokens, "answer": lambda row: row.completion_tokens},
    ),
    "cost": Chart(title="Cost", unit="US dollars", lines={"cost": lambda row: row.cost}),
    "latency": Chart(
        title="Latency",
        unit="seconds",
        lines={"p50": lambda row: row.p50_seconds, "p95": lambda row: row.p95_seconds},
        stacked=False,
    ),
}
"""By the name in the chart's URL."""


def svg(chart: Chart, slots: Sequence[tuple[str, CallSums]]) -> bytes:
    """The chart of the slots, without scripts."""
    import pygal

    kind: Any = pygal.StackedBar if chart.stacked else pygal.Line
    drawn = kind(**_settings(chart), style=_style())
    drawn.x_labels = [name[-2:] for name, _ in slots]
    for name, value in chart.lines.items():
        drawn.add(name, [value(row) for _, row in slots])
    root = drawn.render_tree()
    for parent in root.iter():
        for script in [child for child in parent if str(child.tag).removeprefix(_SVG) == "script"]:
            parent.remove(script)
    return bytes(ET.tostring(root, encoding="utf-8"))


def _settings(chart: Chart) -> dict[str, Any]:
    return {
        "css": ["file://style.css", "file://graph.css", _COLORS],
        "js": [],
        "width": 480,
        "height": 220,
        "show_legend": len(chart.lines) > 1,
        "legend_at_bottom": True,
        "show_minor_x_labels": False,
        "show_minor_y_labels": False,
        "y_labels_major_count": 4,
        "include_x_axis": True,
        "value_formatter": _short,
        "x_labels_major_every": 4,
        "truncate_label": -1,  # or an hour becomes an ellipsis, for want of room for the labels that are not drawn
        "margin": 8,
        "dots_size": 2.5,
        "no_prefix": True,
    }


def _short(value: float) -> str:
    """An axis label: "1.5M", "20k", "0.3"."""
    for unit, name in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= unit:
            return f"{value / unit:.3g}{name}"
    return f"{value:.3g}"


def _style() -> Any:
    from pygal.style import Style

    return Style(
        background="transparent",
        plot_background="transparent",
        foreground="#30363d",
        foreground_strong="#30363d",
        foreground_subtle="#c4cad1",
        guide_stroke_dasharray="2,3",
        colors=("#2f7fd1", "#d97a1e"),
        font_family="system-ui, sans-serif",
        label_font_size=12,
        major_label_font_size=12,
        legend_font_size=13,
        opacity=".9",
        transition="0s",
    )
