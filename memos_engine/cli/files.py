"""Commands that take files in or give them out: ingest, backup, restore, export."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from memos_engine.cli import shapes
from memos_engine.cli.invocation import CubeOption, Invocation, command, console
from memos_engine.cli.memories import cube_id
from memos_engine.cli.root import app
from memos_engine.errors import FileRejectedError, InputError
from memos_engine.types import IngestReport, JobState, Progress, ProgressCallback, no_progress

if TYPE_CHECKING:
    from rich.console import Console

    from memos_engine.memory_os import MemoryOS

FolderArgument = Annotated[Path, typer.Argument(metavar="DIR")]
_POLL_SECONDS = 0.2


@contextmanager
def shown_progress(what: str) -> Iterator[ProgressCallback]:
    """A bar on standard error while the block runs, where standard error is a terminal."""
    notes = console(stderr=True)
    if not notes.is_terminal:
        yield no_progress
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=notes, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def show(now: Progress) -> None:
            bar.update(task, completed=now.done, total=now.total or None, description=now.note or what)

        yield show


@command(app, "ingest")
def ingest(
    invocation: Invocation,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE...", help="Conversations (.jsonl), documents, folders.")
    ] = None,
    cube: CubeOption = None,
    author: Annotated[
        str, typer.Option("--author", help='Whose "I" the documents speak in: "me", or a name; unknown if not given.')
    ] = "",
    read: Annotated[bool, typer.Option("--read/--no-read", help="Wait until memories are made of it.")] = True,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the reading of earlier imports that was stopped; needs no FILE."),
    ] = False,
) -> None:
    """Take in conversations (JSON lines) and documents."""
    if not files and not resume:
        raise typer.BadParameter("name a file or a folder, or --resume.", param_hint="FILE...")
    if resume and not read:
        raise typer.BadParameter("--resume reads; --no-read does not.", param_hint="--resume")
    with invocation.memory() as memory:
        if resume and memory.settings.text("memory.remembering") == "paused":
            raise InputError("Remembering is paused.", "Go on with it: memos settings memory.remembering automatic")
        with shown_progress("Taking in") as progress:
            report = memory.imports.ingest(
                files or [], cube_id=cube_id(memory, cube), author=author, read=read, progress=progress
            )
        if read:
            _wait_for_reader(memory)
        invocation.answer(shapes.ingested(report), lambda out: _print_report(out, report))
    if report.failed:
        first = report.failed[0]
        count = len({fault.file for fault in report.failed})
        raise FileRejectedError(
            f"Nothing was taken in of {count} {'file' if count == 1 else 'files'}. {replace(first, hint='').told}",
            first.hint or "Mend it and try again.",
            line=first.line,
        )


def _print_report(out: "Console", report: IngestReport) -> None:
    out.print(f"{report.added} added, {report.updated} updated, {report.skipped} skipped")
    for left in report.left_out:
        out.print(f"left out: {left.reason} ({left.count})", markup=False)
    for fault in report.failed:
        out.print(f"failed: {fault.told}", markup=False)


def _wait_for_reader(memory: "MemoryOS") -> None:
    with shown_progress("Reading") as progress:
        while not memory.jobs.wait_idle(_POLL_SECONDS):
            running = [job for job in memory.jobs.list() if job.state == JobState.RUNNING]
            if running:
                progress(running[0].progress)


@command(app, "backup")
def backup(invocation: Invocation, folder: FolderArgument) -> None:
    """Write a sealed copy of the home into a new folder below DIR, and verify it."""
    with invocation.memory() as memory, shown_progress("Backing up") as progress:
        _tell(invocation, "backup", memory.archives.backup(folder, progress=progress))


@command(app, "export")
def export(invocation: Invocation, folder: FolderArgument) -> None:
    """Write everything, readable by anyone, into a new folder below DIR."""
    with invocation.memory() as memory, shown_progress("Writing") as progress:
        written = memory.archives.export(folder, progress=progress)
        console(stderr=True).print("What was written is not encrypted: anyone can read it.", style="yellow")
        _tell(invocation, "export", written)


@command(app, "restore")
def restore(invocation: Invocation, folder: FolderArgument) -> None:
    """Put a backup in the place of the home."""
    with invocation.memory(enter=False) as memory, shown_progress("Restoring") as progress:
        memory.archives.restore(folder, progress=progress)
        _tell(invocation, "restored", folder)


def _tell(invocation: Invocation, name: str, path: Path) -> None:
    invocation.answer({name: str(path)}, lambda out: out.print(str(path), markup=False))
