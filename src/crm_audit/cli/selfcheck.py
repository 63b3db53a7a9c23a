"""`crm-audit selfcheck`: the owner answers the six questions, alone or beside the evidence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import progress
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.model.report import Answer
    from crm_audit.wording import Wording

_WORDS: dict[str, Answer] = {
    "y": "yes", "yes": "yes", "д": "yes", "да": "yes", "+": "yes",
    "n": "no", "no": "no", "н": "no", "нет": "no", "-": "no",
    "?": "unknown", "u": "unknown", "unknown": "unknown", "не знаю": "unknown",
    "don't know": "unknown", "dont know": "unknown", "нз": "unknown",
}  # fmt: skip


def selfcheck(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE...]", help="Exports to compare with.")
    ] = None,
    answers: Annotated[
        str | None, typer.Option("--answers", help="Six answers, such as y,n,?,y,n,n.")
    ] = None,
    formats: Annotated[str, typer.Option("--format", "-f", help="terminal or json.")] = "terminal",
    lang: o.Lang = None,
    as_of: o.AsOf = None,
    config: o.ConfigFile = None,
    no_progress: o.NoProgress = False,
) -> int:
    """Answer the six questions yourself; with FILE, see what the data says to each answer.

    Ответить на шесть вопросов самому; с файлом — сравнить с тем, что видно в данных.
    """
    if formats not in ("terminal", "json"):
        raise UsageError(f"--format {formats}: use terminal or json")
    given = o.gather(lang=lang, as_of=as_of, config=config)

    from crm_audit.engine.rules import load_rulebook
    from crm_audit.judge.selfcheck import judge_selfcheck
    from crm_audit.reporters.selfcheck import render_json, render_text
    from crm_audit.wording import Wording

    say = Wording(given.language)
    book = load_rulebook(given.audit.rules, given.audit.thresholds)
    said = _parse(answers, say) if answers is not None else _ask_all(book.questions, say)
    report = None
    if files:
        from dataclasses import replace

        from crm_audit.audit import audit

        with progress(given.language, shown=not no_progress) as step:
            report = audit(files, replace(given.audit, language=given.language), step)
    checked = judge_selfcheck(book, said, report, say)
    render = render_json if formats == "json" else render_text
    typer.echo(render(checked, say), nl=False)
    return 0


def _parse(answers: str, say: Wording) -> list[Answer]:
    listed = answers.split(",")
    if len(listed) != 6:
        raise UsageError(say("selfcheck_six", n=str(len(listed))))
    return [_word(answer, say) for answer in listed]


def _word(text: str, say: Wording) -> Answer:
    found = _WORDS.get(text.strip().lower())
    if found is None:
        raise UsageError(say("selfcheck_word", word=text.strip()))
    return found


def _ask_all(questions: object, say: Wording) -> list[Answer]:
    from crm_audit.engine.rules import QuestionText

    assert isinstance(questions, dict)
    typer.echo(say("selfcheck_intro") + "\n")
    said: list[Answer] = []
    for question in questions.values():
        assert isinstance(question, QuestionText)
        said.append(_ask(f"{question.number}. {question.texts[say.language]['text']}", say))
    typer.echo("")
    return said


def _ask(text: str, say: Wording) -> Answer:
    while True:
        typer.echo(text)
        typer.echo(f"   {say('selfcheck_prompt')} ", nl=False)
        line = sys.stdin.readline()
        if not line:
            typer.echo("")
            raise UsageError(say("selfcheck_ended"))
        found = _WORDS.get(line.strip().lower())
        if found is not None:
            return found
        typer.echo(f"   {say('selfcheck_again')}")
