"""Bringing in notes and conversations."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from memos_engine.cube import messages, vectors
from memos_engine.cube.staging import StagedImport, drop_abandoned
from memos_engine.cube.store import CubeStore
from memos_engine.errors import CancelledError, CubeLockedError, FileRejectedError, InputError
from memos_engine.lifecycle import imported
from memos_engine.lifecycle.change import Change
from memos_engine.reader.documents import read_bytes, read_document
from memos_engine.reader.transcripts import Fault, TranscriptLine, read_transcript
from memos_engine.services import import_documents, import_plan, import_transcripts, reading
from memos_engine.services.home import OpenHome
from memos_engine.services.import_plan import TRANSCRIPTS
from memos_engine.services.import_transcripts import ConversationGoneError, Rewording
from memos_engine.types import (
    CancelToken,
    ImportPlan,
    IngestFailure,
    IngestReport,
    MemoryChanges,
    Progress,
    ProgressCallback,
    no_progress,
)

_ENCODED_AT_ONCE = 128


class ImportService:
    """Staged imports: rows are invisible until the import is complete; a cancel or a crash drops them."""

    def __init__(self, home: OpenHome) -> None:
        self._home = home
        self._running: dict[CancelToken, tuple[str, threading.Event]] = {}
        home.when_closing(self._let_go)

    def plan(self, paths: Sequence[Path]) -> ImportPlan:
        """What an import of these files and folders would read, in order, and what it would leave out.

        Raises `NotFoundError` for a path that is not there.
        """
        return import_plan.readable(import_plan.look(paths))

    def ingest(
        self,
        paths: Sequence[Path],
        *,
        cube_id: str | None = None,
        author: str = "",
        read: bool = True,
        progress: ProgressCallback = no_progress,
        cancel: CancelToken | None = None,
    ) -> IngestReport:
        """Take in conversation files (JSON lines) and documents (.md .txt .pdf .html .docx), folders recursively.

        `author`: whose first person the documents speak in ("me", a name, or empty for unknown; then nothing in them
        makes a memory; a document that is there already keeps its author). Each file is whole or not at all; searchable
        on return. A message whose id is there, and a document whose path is there, with another text is a new version
        of it. With `read`, the reader follows as a background job; without, nothing of it is ever read for memories.
        Without paths, it only lets the reader go on with what earlier imports left to it. Messages and documents are
        counted. One operation: undo takes back all of it, what was read from it included.
        Raises `NotFoundError` for a path that is not there and where a conversation that it continues is deleted
        meanwhile, `CancelledError`, and what the cube raises.
        """
        plan = import_plan.look(paths)
        files = plan.files
        store = self._home.shelf.get(cube_id) if cube_id else self._home.shelf.default()
        reads = read and not reading.paused(self._home)
        token = cancel or CancelToken()
        drop_abandoned(store)  # what a full disk did not let the last one drop
        with self._until_closing(store.cube_id, token), StagedImport(store, _counted(len(files))) as stage:
            intake = _Intake(self._home, store, stage.id, author.strip(), reads, token)
            sizes = [_size(file) for file in files]
            for index, file in enumerate(files):
                token.check()
                intake.take(file, _Share(progress, sum(sizes[:index]), sizes[index], sum(sizes)))
            token.check()
            changes = self._completed(store, stage, intake) if intake.brings else MemoryChanges()
        if intake.reworded:
            self._home.retrieval.catch_up(store.cube_id)
        if intake.brings:
            self._home.publish(changes)
            self._home.tend_later(store.cube_id)
        if reads:
            reading.go_on(self._home)
        return IngestReport(intake.added, intake.updated, intake.skipped, tuple(intake.failed), changes, plan.left_out)

    def _completed(self, store: CubeStore, stage: StagedImport, intake: "_Intake") -> MemoryChanges:
        brought = _counted(intake.files)
        label = f"Import {brought}"
        with store.write() as session:
            for place in intake.conversations:
                import_transcripts.require_conversation(session, place)
            change = Change(session, store.cube_id, label, "import", id=stage.id, undoable=False)
            change.begin()
            texts = {new.message_id: new.text for new in intake.reworded}
            if texts:
                imported.reword(change, texts, unread=intake.reads)
            stage.complete(session, brought)
            for old, new, reread in intake.replaced:
                imported.supersede_document(change, old, new, reread=reread)
            done = change.finish()
        return replace(done, operation=stage.id, label=label, cubes=(store.cube_id,))

    @contextmanager
    def _until_closing(self, cube_id: str, token: CancelToken) -> Iterator[None]:
        """A lock cancels the import and waits for its end."""
        ended = threading.Event()
        self._running[token] = (cube_id, ended)
        try:
            yield
        finally:
            del self._running[token]
            ended.set()

    def _let_go(self, cube_id: str | None) -> None:
        for token, (there, ended) in tuple(self._running.items()):
            if cube_id in (None, there):
                token.cancel()
                ended.wait()


@dataclass(frozen=True)
class _Share:
    """The part of the whole progress that one file makes, in kilobytes."""

    tell: ProgressCallback
    before: int
    size: int
    total: int

    def report(self, done: int, of: int) -> None:
        """`done` of the file's `of` items are taken in."""
        here = self.before + (self.size * done // of if of else self.size)
        self.tell(Progress(here // 1024, self.total // 1024, "KB"))


@dataclass
class _Intake:
    """One import as it goes: what it has taken in, and what it could not."""

    home: OpenHome
    store: CubeStore
    import_id: str
    author: str
    reads: bool
    cancel: CancelToken
    added: int = 0
    skipped: int = 0
    files: int = 0
    """Files that brought something: neither refused nor there already."""
    reworded: list[Rewording] = field(default_factory=list)
    replaced: list[tuple[str, str, bool]] = field(default_factory=list)
    """Of documents with a new version: the old id, the new id, and whether the new one will be read."""
    failed: list[IngestFailure] = field(default_factory=list)
    conversations: set[str] = field(default_factory=set)
    """Those that have new messages or new versions."""
    digests: set[str] = field(default_factory=set)
    """Of the documents of this import: a copy is taken once."""

    @property
    def updated(self) -> int:
        """How many messages and documents have a new version."""
        return len(self.reworded) + len(self.replaced)

    @property
    def brings(self) -> bool:
        """Whether anything is to be kept."""
        return bool(self.added or self.updated)

    def take(self, file: Path, share: _Share) -> None:
        """Take one file in; a file that cannot be read is noted, and leaves nothing behind."""
        before = self.added + self.updated
        try:
            if file.suffix.lower() in TRANSCRIPTS:
                self._take_transcript(file, share)
            else:
                self._take_document(file, share)
        except (CancelledError, ConversationGoneError):
            raise
        except FileRejectedError as error:
            self.failed.append(IngestFailure(file.name, error.line, error.message, error.hint))
        except InputError as error:
            self.failed.append(IngestFailure(file.name, None, error.message, error.hint))
        self.files += self.added + self.updated > before

    def _take_transcript(self, file: Path, share: _Share) -> None:
        lines, faults = read_transcript(read_bytes(file))
        lines = self._without_forgotten(lines)
        with self.store.read() as session:
            plan = import_transcripts.planned(session, self.store.cube_id, lines, self.import_id)
        fresh = [line for lines_of_one in plan.fresh.values() for line in lines_of_one]
        faults = faults or plan.faults or self._held_elsewhere(fresh)
        if faults:
            self._fail(file, faults)
            return
        done = 0
        for count, written in import_transcripts.stage(self.store, plan.fresh, self.import_id, unread=self.reads):
            self._encode(written)
            done += count
            share.report(done, plan.added)
        share.report(1, 1)
        self.added += plan.added
        self.skipped += plan.skipped
        self.reworded += plan.reworded
        self.conversations |= plan.conversations

    def _take_document(self, file: Path, share: _Share) -> None:
        document = read_document(file)
        place = import_documents.look_up(self.store, document, file)
        if place.known or document.digest in self.digests:
            self.skipped += 1
            return
        self.digests.add(document.digest)
        texts = self.home.lifecycle.without_forgotten(self.store, [page.text for page in document.pages])
        pages = tuple(replace(page, text=text) for page, text in zip(document.pages, texts, strict=True))
        document = replace(document, pages=pages)
        length, done = len(document.text), 0
        author = self.author or place.author
        unread = self.reads and bool(author)
        row = import_documents.new_row(document, place, self.import_id, author)
        for written in import_documents.stage(self.store, row, document, unread=unread):
            self._encode(written)
            done += sum(len(text) for _, text in written)
            share.report(min(done, length), length)
        if place.former:
            self.replaced.append((place.former, row.id, unread))
        else:
            self.added += 1

    def _without_forgotten(self, lines: Sequence[TranscriptLine]) -> list[TranscriptLine]:
        texts = self.home.lifecycle.without_forgotten(self.store, [line.text for line in lines])
        return [replace(line, text=text) for line, text in zip(lines, texts, strict=True)]

    def _held_elsewhere(self, fresh: Sequence[TranscriptLine]) -> list[Fault]:
        """A message is in one cube: an id names one place in a home."""
        for store in self.home.shelf.all_open():
            if store.cube_id == self.store.cube_id:
                continue
            held: set[str] = set()
            with suppress(CubeLockedError), store.read() as session:
                held = messages.held(session, [line.id for line in fresh])
            if held:
                first = min(line.line for line in fresh if line.id in held)
                name = self.home.vault.cube_label(store.cube_id)
                return [Fault(first, f"A message with this “id” is in the cube “{name}”. Import the file there.")]
        return []

    def _fail(self, file: Path, faults: Sequence[Fault]) -> None:
        self.failed += [IngestFailure(file.name, fault.line, fault.message) for fault in faults]

    def _encode(self, items: Sequence[tuple[int, str]]) -> None:
        """Give staged items their vectors, so that they can be found as soon as they are visible."""
        encoder = self.home.encoder
        for at in range(0, len(items), _ENCODED_AT_ONCE):
            self.cancel.check()
            some = items[at : at + _ENCODED_AT_ONCE]
            matrix = encoder.encode([text for _, text in some])
            with self.store.write() as session:
                vectors.put(session, [(rowid, row) for (rowid, _), row in zip(some, matrix, strict=True)], encoder.id)


def _counted(files: int) -> str:
    return f"{files} {'file' if files == 1 else 'files'}"


def _size(file: Path) -> int:
    try:
        return max(file.stat().st_size, 1)
    except OSError:
        return 1
