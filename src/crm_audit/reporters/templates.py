"""The template environment: sandboxed, strict, every value cleaned and escaped on its way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemBytecodeCache, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from crm_audit import resources
from crm_audit.reporters.clean import plain
from crm_audit.reporters.view import View

LONGEST = 1_000
"""Characters of one paragraph; what an export says is cut shorter where it is shown."""


class Verbatim(str):
    """An id or a digest: escaped like any text, but not searched for phones and names."""

    __slots__ = ()


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates beside the templates, as Python keeps its modules beside their sources.

    A changed template is compiled anew. Where the folder cannot be written, they live as long as
    the process.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.code: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.code:
            bucket.bytecode_from_string(self.code[bucket.key])
        else:
            try:
                super().load_bytecode(bucket)
            except Exception:  # whatever a broken file raises: it is compiled anew and replaced
                bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.code[bucket.key] = bucket.bytecode_to_string()
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


@cache
def _compiled() -> _Compiled:
    return _Compiled(Path(resources.folder("report_templates")) / "__pycache__")


def environment(view: View, escape: Callable[[str], str] | None = None) -> Any:
    """The templates of `report_templates` for one view.

    Every expression passes through one gate, which cleans text, hides people and escapes: HTML
    by default, or what `escape` does. A template can forget nothing.
    """

    def gate(value: object) -> object:
        if isinstance(value, Markup | StrictUndefined):
            return value
        text = str(value)
        text = plain(text, LONGEST) if isinstance(value, Verbatim) else view.text(text, LONGEST)
        return text if escape is None else Markup(escape(text))

    env = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(resources.folder("report_templates")),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=gate,
        bytecode_cache=_compiled(),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    env.filters["id"] = lambda value: Verbatim(plain(str(value), 80))
    env.globals |= {
        "v": view,
        "r": view.report,
        "w": view.w,
        "t": view.t,
        "rows": view.options.rows,
    }
    return env
