"""The index follows the database: graph, sealed snapshot, other processes, other encoders."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from memos_engine.cube import erasure, items, vectors
from memos_engine.encoder import SentenceEncoder
from memos_engine.errors import CancelledError
from memos_engine.resources import default_weights
from memos_engine.retrieval.near import SNAPSHOT, NearIndex
from memos_engine.retrieval.retrieval import Retrieval
from memos_engine.types import CancelToken, Kind, Progress, State
from memos_engine.vault.sealed import seal

GRAPH_FROM = 24
PLANTS = ("fern", "rose", "tulip", "oak", "pine", "birch", "lily", "daisy", "moss", "cactus")
ACTS = ("watered the", "bought a", "repotted the", "painted a", "pruned the")


def fill(library) -> None:
    """Fifty turns, embedded."""
    library.say(*[f"Today I {act} {plant}." for act in ACTS for plant in PLANTS])
    library.retrieval.catch_up(library.cube_id)


@pytest.fixture
def large(make_library: Callable[..., object]):
    """A library whose cube is large enough for a graph, with the graph built and its snapshot sealed."""
    made = make_library(graph_from=GRAPH_FROM)
    fill(made)
    made.retrieval.tend(made.cube_id)
    return made


def snapshot(library) -> Path:
    return library.store.blobs / SNAPSHOT


def view(library):
    return library.retrieval._index(library.store, library.encoder).view()


def reopened(library) -> None:
    """A new process's view of the same cube: nothing in memory."""
    library.retrieval = Retrieval(library.shelf, lambda: library.encoder, graph_from=GRAPH_FROM)


def test_a_small_cube_keeps_no_graph(library) -> None:
    fill(library)
    library.retrieval.tend(library.cube_id)
    assert view(library).graph is None
    assert not snapshot(library).exists()


def test_the_graph_finds_what_looking_at_every_vector_finds(large) -> None:
    assert view(large).graph is not None
    by_graph = large.texts("watering the fern", limit=3)
    exact = Retrieval(large.shelf, lambda: large.encoder)
    large.retrieval = exact
    assert view(large).graph is None
    assert by_graph == large.texts("watering the fern", limit=3)
    assert by_graph[0] == "Today I watered the fern."


def test_the_graph_sees_only_what_is_admitted(large) -> None:
    best = large.recall("watering the fern", limit=1)[0].memory.id
    large.change(best, state=State.ARCHIVED)
    assert view(large).graph is not None
    assert "Today I watered the fern." not in large.texts("watering the fern", limit=50)


def test_what_came_after_the_graph_is_found_at_once(large) -> None:
    large.say("The zebra at the zoo had a foal.")
    assert large.texts("baby animal of a striped horse")[0] == "The zebra at the zoo had a foal."
    assert len(view(large).pending) == 1
    assert view(large).graph is not None
    large.retrieval.tend(large.cube_id)
    assert len(view(large).pending) == 0


def test_the_snapshot_is_sealed_and_serves_the_next_process(large) -> None:
    content = snapshot(large).read_bytes()
    assert b"hnswlib" not in content
    assert large.encoder.id.encode() not in content
    reopened(large)
    assert view(large).graph is not None
    assert len(view(large).pending) == 0


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1000])


def _flipped(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(bytes(content))


def _emptied(file: Path) -> None:
    file.write_bytes(b"")


def _missing(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("spoil", [_cut, _flipped, _emptied, _missing])
def test_a_spoilt_snapshot_is_made_anew_from_the_table(large, spoil: Callable[[Path], None]) -> None:
    spoil(snapshot(large))
    reopened(large)
    assert large.texts("watering the fern")[0] == "Today I watered the fern."
    assert view(large).graph is None
    large.retrieval.tend(large.cube_id)
    assert view(large).graph is not None
    reopened(large)
    assert view(large).graph is not None


def test_a_stale_snapshot_is_completed(large) -> None:
    large.retrieval.close_all()
    large.say("The zebra at the zoo had a foal.")
    reopened(large)
    assert large.texts("baby animal of a striped horse")[0] == "The zebra at the zoo had a foal."
    assert view(large).graph is not None


def test_a_snapshot_of_another_encoder_is_not_used(large) -> None:
    store = large.store
    assert NearIndex.unsealed(store.blobs, store.keys.blobs, store.cube_id, "another@1") is None
    assert NearIndex.unsealed(store.blobs, store.keys.blobs, store.cube_id, large.encoder.id) is not None


def test_a_snapshot_that_would_run_code_is_refused(large) -> None:
    store = large.store
    head = json.dumps({"encoder": large.encoder.id, "revision": 0}).encode()
    harm = head + b"\n" + pickle.dumps(print)
    seal([harm], snapshot(large), store.keys.blobs, cube_id=store.cube_id, kind="vector-index")
    reopened(large)
    assert large.texts("watering the fern")[0] == "Today I watered the fern."
    assert view(large).graph is None


def test_an_erased_item_leaves_matrix_graph_and_snapshot(large) -> None:
    (found,) = large.recall("watering the fern", limit=1)
    with large.store.read() as session:
        rowid = items.by_id(session, found.memory.id).rowid
        _, (vector,) = vectors.load(session, large.encoder.id, [rowid])
    assert (np.abs(view(large).matrix - vector).max(axis=1) < 1e-6).any()
    with large.store.write() as session:
        erasure.erase_item(session, items.by_id(session, found.memory.id))
    large.retrieval.follow(large.cube_id)
    assert not (np.abs(view(large).matrix - vector).max(axis=1) < 1e-6).any()
    assert view(large).graph is None
    assert not snapshot(large).exists()
    large.retrieval.tend(large.cube_id)
    assert view(large).graph is not None


def test_erasing_takes_the_snapshot_of_an_index_that_is_not_loaded(large) -> None:
    large.retrieval.close_all()
    large.retrieval.follow(large.cube_id)
    assert not snapshot(large).exists()


def test_a_stopped_build_goes_on_where_it_stopped(make_library: Callable[..., object]) -> None:
    library = make_library(graph_from=GRAPH_FROM)
    fill(library)
    token = CancelToken()
    token.cancel()
    with pytest.raises(CancelledError):
        library.retrieval.tend(library.cube_id, cancel=token)
    assert library.texts("watering the fern")[0] == "Today I watered the fern."
    library.retrieval.tend(library.cube_id)
    assert view(library).graph is not None


def test_a_changed_text_is_found_by_its_new_words_and_meaning_only(library) -> None:
    library.say("We watched a film.", "The train was late.")
    item = library.learn("Has a dog called Rex")
    assert library.texts("dog")[0] == "Has a dog called Rex"
    library.change(item, text="Plays the violin")
    assert library.texts("musical instrument")[0] == "Plays the violin"
    assert not any("dog" in text for text in library.texts("dog", limit=10))


def test_another_process_is_noticed(library, tmp_path: Path) -> None:
    library.say("We watched a film.")
    assert library.texts("allergy") == ["We watched a film."]
    script = tmp_path / "writer.py"
    script.write_text(
        "import sys\n"
        "from pathlib import Path\n"
        "from memos_engine.cube import erasure, items\n"
        "from memos_engine.cube.shelf import CubeShelf\n"
        "from memos_engine.cube.tables import ItemRow\n"
        "from memos_engine.vault.vault import Vault\n"
        "home, cube, secret, hidden = sys.argv[1:]\n"
        "vault = Vault(Path(home))\n"
        "vault.unlock(passphrase=secret)\n"
        "store = CubeShelf(Path(home), vault).get(cube)\n"
        "with store.write() as session:\n"
        "    items.add(session, ItemRow(id='', text='Allergic to peanuts'))\n"
        "    from sqlmodel import select\n"
        "    row = session.exec(select(ItemRow).where(ItemRow.message_id == hidden)).one()\n"
        "    erasure.erase_item(session, row)\n"
        "store.close()\n"
    )
    (turn,) = [entry.memory.sources[0].message_id for entry in library.recall("film")]
    arguments = [sys.executable, str(script), str(library.path), library.cube_id, "correct horse battery staple", turn]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run(arguments, check=True, timeout=60, env=environment)
    assert library.texts("allergy") == ["Allergic to peanuts"]


def test_an_unfinished_import_is_not_found_until_it_is_complete(library) -> None:
    from memos_engine.cube.staging import StagedImport
    from memos_engine.cube.tables import ItemRow

    library.say("We watched a film.")
    library.texts("film")
    with StagedImport(library.store, "a file") as stage:
        with library.store.write() as session:
            row = ItemRow(id="", text="The import speaks of zebras", staged=True, import_id=stage.id)
            items.add(session, row)
            vectors.put(session, [(row.rowid, library.encoder.encode([row.text])[0])], library.encoder.id)
        library.say("The train was late.")
        assert not any("zebras" in text for text in library.texts("zebras", limit=10))
        with library.store.write() as session:
            stage.complete(session)
    found = library.recall("striped horses")
    assert found[0].memory.text == "The import speaks of zebras"
    assert found[0].why["dense"] > 0


def test_many_new_items_are_found_by_words_before_they_are_embedded(library) -> None:
    library.say(*[f"Note {number} about the {plant}." for number in range(5) for plant in PLANTS])
    assert "cactus" in library.texts("cactus")[0]
    seen: list[Progress] = []
    assert library.retrieval.catch_up(library.cube_id, progress=seen.append) == 50
    assert (seen[-1].done, seen[-1].total) == (50, 50)
    assert library.retrieval.catch_up(library.cube_id) == 0


def test_neighbours_are_the_nearest_by_cosine(library) -> None:
    library.say("I am allergic to peanuts and to all other nuts.")
    near = library.learn("Allergic to peanuts")
    library.learn("Works at the harbour")
    library.texts("peanuts")
    (query,) = library.encoder.encode(["Has a peanut allergy"])
    found = library.retrieval.neighbours(library.store, query, 2, kinds=(Kind.FACT,))
    with library.store.read() as session:
        assert found[0][0] == items.by_id(session, near).rowid
    assert len(found) == 2
    assert 1.0 >= found[0][1] > found[1][1]


@pytest.fixture
def another(tmp_path: Path) -> SentenceEncoder:
    """An encoder whose vectors may not be mixed with the default one's."""
    folder, own = tmp_path / "another", default_weights("encoder").path
    folder.mkdir()
    (folder / "model.onnx").symlink_to(own / "model.onnx")
    shutil.copy(own / "tokenizer.json", folder)
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 16}))
    return SentenceEncoder.open(folder)


def counts(library, *encoders: SentenceEncoder) -> list[int]:
    with library.store.read() as session:
        return [len(vectors.stamps(session, encoder.id)[0]) for encoder in encoders]


def test_another_encoder_takes_over_when_all_is_embedded(library, another: SentenceEncoder) -> None:
    fill(library)
    old = library.encoder
    during: list[list[str]] = []

    def switch() -> None:
        assert counts(library, old, another) == [50, 50]
        during.append(library.texts("watering the fern", limit=1))
        library.encoder = another

    library.retrieval.use_encoder(another, switch)
    assert during == [["Today I watered the fern."]]
    assert library.texts("watering the fern", limit=1) == ["Today I watered the fern."]
    assert counts(library, old, another) == [0, 50]


def test_a_stopped_change_of_encoder_leaves_the_old_one_and_goes_on_later(library, another: SentenceEncoder) -> None:
    library.say(*[f"Note {number} about the {plant}." for number in range(20) for plant in PLANTS])
    library.retrieval.catch_up(library.cube_id)
    token, old = CancelToken(), library.encoder

    def stop(told: Progress) -> None:
        token.cancel()

    with pytest.raises(CancelledError):
        library.retrieval.use_encoder(another, lambda: pytest.fail("it was stopped"), stop, token)
    done = counts(library, old, another)
    assert done[0] == 200
    assert 0 < done[1] < 200
    assert library.recall("cactus")[0].why["dense"] > 0
    told: list[Progress] = []
    library.retrieval.use_encoder(another, lambda: setattr(library, "encoder", another), told.append)
    assert told[0].total == 200 - done[1]
    assert counts(library, old, another) == [0, 200]
