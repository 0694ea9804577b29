"""The loaded model reads only where the person chose it and it passed its probe; the default model does not pass."""

from memos_engine.types import Kind, now

TOLD = "I'm allergic to peanuts."


def read(memory):
    return memory._home.reader.read(TOLD, time=now())


def test_the_linguistic_reader_reads_unless_another_is_chosen(memory):
    assert [candidate.kind for candidate in read(memory)] == [Kind.FACT]
    assert memory.jobs.list() == ()


def test_a_chosen_model_is_tried_once_and_the_default_one_fails(memory):
    memory.settings.set("memory.reader", "model")
    memory.models.load()
    for _ in range(2):
        assert "peanuts" in read(memory)[0].text.lower()
        assert memory.jobs.wait_idle(120)
    tries = [job for job in memory.jobs.list() if job.label == "Trying the model as a reader"]
    assert len(tries) == 1
    assert memory._home.reader._passed[memory.models.current().digest] is False


def test_without_a_loaded_model_nothing_is_tried(memory):
    memory.settings.set("memory.reader", "model")
    memory.models.unload()
    assert read(memory)


def test_a_model_whose_trial_was_cancelled_is_tried_again(memory):
    memory.settings.set("memory.reader", "model")
    memory.models.load()
    memory._home.queue.pause()
    read(memory)
    (trial,) = memory.jobs.list()
    memory.jobs.cancel(trial.id)
    memory._home.queue.resume()
    read(memory)
    assert memory.jobs.wait_idle(120)
    assert memory._home.reader._passed == {memory.models.current().digest: False}


def test_a_trial_says_nothing_of_the_model_that_came_meanwhile(memory, monkeypatch):
    memory.settings.set("memory.reader", "model")
    first = memory.models.load()

    def meanwhile(_: object) -> bool:
        memory.settings.set("model.context", 512)
        memory.models.load()
        return True

    monkeypatch.setattr("memos_engine.services.preferred_reader.probe", meanwhile)
    memory._home.reader._try(first)
    assert memory._home.reader._passed == {}
