"""MyST-NB plugin: an explorer's output becomes a figure that the book's own loader brings to life."""

from __future__ import annotations

import json
from html import escape
from typing import Any, ClassVar

from docutils import nodes

MIME_TYPE = (
    "application/vnd.neuropath.explorer+json"  # neuropath.widgets.MIME_TYPE, without importing widgets
)
NOTE = "Still picture of an explorer. It comes alive where JavaScript is on, and in the notebook."
OTHER = "Still picture of an explorer, not with this page's numbers: it takes these where JavaScript is on."


class ExplorerRenderer:
    """Renders `MIME_TYPE` in HTML: the still figure, light and dark, inside `<figure class="explorer">`.

    `book/_static/explorers.mjs` finds the figure and mounts what `_static/explorers/<module>.classic.mjs`
    defines (`neuropath.publish.explorer_scripts`). Named by the entry point group `myst_nb.mime_renderers`;
    other builders take the alternative text of text/plain.
    """

    mime_priority_overrides: ClassVar = [(b, MIME_TYPE, 1) for b in ("html", "dirhtml", "singlehtml")]

    @staticmethod
    def handle_mime(renderer: Any, data: Any, inline: bool) -> list[nodes.Element] | None:
        """The nodes of one explorer, or None for any other output."""
        if data.mime_type != MIME_TYPE or inline:
            return None
        forget_kernel_state(renderer.renderer.nb_client.notebook.get("metadata", {}))
        explorer = data.content
        folder = f"/{renderer.renderer.sphinx_env.config.html_static_path[0]}/figures"
        stills = nodes.container(classes=["explorer-still"])
        for theme in ("light", "dark"):
            uri = f"{folder}/{explorer['fallback']}-{theme}.svg"
            stills += nodes.image(uri=uri, alt=explorer["alt"], classes=[f"in-{theme}", "dark-light"])
        stills += nodes.paragraph("", NOTE if explorer["usual"] else OTHER, classes=["explorer-note"])
        close = nodes.raw("", "</figure>\n", format="html")
        return [nodes.raw("", opening(explorer), format="html"), stills, close]


def opening(explorer: dict[str, Any]) -> str:
    """The figure's opening tag: all that the loader needs, as data attributes."""
    facts = {
        "module": explorer["module"],
        "version": explorer["version"],
        "state": json.dumps(explorer["state"], ensure_ascii=False, separators=(",", ":")),
    }
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in facts.items())
    return f'<figure class="explorer"{data}>\n'


def forget_kernel_state(metadata: dict[str, Any]) -> None:
    """Drop the widget models of a page's explorers: MyST-NB would write all their source into the page."""
    widgets = metadata.get("widgets", {}).get("application/vnd.jupyter.widget-state+json", {})
    models = widgets.get("state", {})
    for key, model in list(models.items()):
        if model.get("model_module") == "anywidget":
            layout = model.get("state", {}).get("layout", "").removeprefix("IPY_MODEL_")
            models.pop(key)
            models.pop(layout, None)
