"""The commands of crm-audit, each in a module of its own."""

from __future__ import annotations

from typing import Annotated

import typer

from crm_audit.cli import demo, diagnose, forecast, init, inspect, rules, selfcheck

app = typer.Typer(
    name="crm-audit",
    help=(
        "Audits the CRM of a project-sales company: answers six yes/no questions from its "
        "exports, with evidence.\n\nWith any command, --debug shows the details of a bug in the "
        "program. Справка по-русски: --help --lang ru."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        from crm_audit import __version__

        typer.echo(f"crm-audit {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Options before the command."""
    del version


app.command("diagnose")(diagnose.diagnose)
app.command("forecast")(forecast.forecast)
app.command("demo")(demo.demo)
app.command("selfcheck")(selfcheck.selfcheck)
app.command("inspect")(inspect.inspect)
app.command("explain")(rules.explain)
app.command("init")(init.init)
app.add_typer(rules.app, name="rules", help="List, show and check rules.")
