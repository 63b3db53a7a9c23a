"""`crm-audit selfcheck`: the owner answers the six questions, alone or beside the evidence."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from crm_audit.cli import options as o
from crm_audit.cli.running import check_place, progress, put
from crm_audit.errors import UsageError

if TYPE_CHECKING:
    from crm_audit.engine.rules import Rulebook
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
        list[str] | None, typer.Argument(metavar="FILE", help="Exports to compare with.")
    ] = None,
    *,
    answers: Annotated[
        str | None, typer.Option("--answers", help="Six answers, such as y,n,?,y,n,n.")
    ] = None,
    output: o.Output = None,
    formats: o.PlainFormat = "terminal",
    lang: o.Lang = None,
    as_of: o.AsOf = None,
    config: o.ConfigFile = None,
    columns: o.Columns = None,
    stages: o.Stages = None,
    crm: o.Crm = None,
    encoding: o.Encoding = None,
    delimiter: o.Delimiter = None,
    sheet: o.Sheet = None,
    day_first: o.DayFirst = None,
    calendar: o.Calendar = None,
    no_progress: o.NoProgress = False,
) -> int:
    """Answer the six questions yourself; with FILE, see what the data says to each answer."""
    given = o.settings(lang or _language_of(answers), config)
    say = given.say
    o.one_of(formats, "--format", ("terminal", "json"), say)
    check_place(output, [formats], say)
    if answers is None and "-" in (files or []):
        raise UsageError(say("selfcheck_stdin"))
    book = given.rulebook()
    options = o.gather(
        given,
        as_of=as_of,
        columns=columns,
        stages=stages,
        crm=crm,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        day_first=day_first,
        calendar=calendar,
    )

    from crm_audit.judge.selfcheck import judge_selfcheck
    from crm_audit.reporters.selfcheck import render_json, render_text

    said = _ask_all(book, say) if answers is None else _parse(answers, say)
    report = None
    if files:
        from crm_audit.audit import audit
        from crm_audit.wording import Wording

        with progress(say, shown=not no_progress) as step:
            # Who was asked in a language is answered in it; else the export's own is used.
            asked = given.language or (say.language if answers is None else None)
            report = audit(files, replace(options, language=asked), step)
        say = Wording(report.language)
    checked = judge_selfcheck(book, said, report, say)
    render = render_json if formats == "json" else render_text
    put(render(checked, say), output, say)
    return 0


def _parse(answers: str, say: Wording) -> list[Answer]:
    listed = answers.split(",")
    if len(listed) != 6:
        raise UsageError(say("selfcheck_six", n=len(listed)))
    for answer in listed:
        if _meant(answer) is None:
            raise UsageError(say("selfcheck_word", word=answer.strip()))
    return [found for found in map(_meant, listed) if found is not None]


def _meant(text: str) -> Answer | None:
    return _WORDS.get(text.strip().strip(".!").lower())


def _language_of(answers: str | None) -> str | None:
    """Russian where the answers are given in Russian; else nothing is known."""
    return "ru" if re.search("[а-яё]", (answers or "").lower()) else None


def _ask_all(book: Rulebook, say: Wording) -> list[Answer]:
    """Put the questions one by one, on standard error: standard output is the result's."""
    print(say("selfcheck_intro") + "\n", file=sys.stderr)
    said = [
        _ask(f"{question.number}. {question.texts[say.language]['text']}", say)
        for question in book.questions.values()
    ]
    print(file=sys.stderr)
    return said


def _ask(text: str, say: Wording) -> Answer:
    print(text, file=sys.stderr)
    while True:
        print(f"   {say('selfcheck_prompt')} ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.buffer.readline()
        if not line:
            print(file=sys.stderr)
            raise UsageError(say("selfcheck_ended"))
        found = _meant(_decoded(line))
        if found is not None:
            return found
        print(f"   {say('selfcheck_again')}", file=sys.stderr)


def _decoded(line: bytes) -> str:
    """The line as text, whatever the terminal's encoding is: an answer is never a traceback."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(sys.stdin.encoding or "utf-8", "replace")
