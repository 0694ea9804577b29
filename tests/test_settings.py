"""Settings: declared once, checked on the way in, durable on return."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memos_engine.errors import DiskError, InputError, LockedError, NotFoundError
from memos_engine.settings import BY_NAME, SECTION_TITLES, SETTINGS, Settings, parse


@pytest.fixture
def file(tmp_path):
    return tmp_path / "settings.toml"


def test_every_setting_can_be_shown():
    for setting in SETTINGS:
        assert setting.section in SECTION_TITLES
        assert setting.title
        assert setting.text.endswith(".")
        assert parse(setting.name, setting.default) == setting.default
    assert len(BY_NAME) == len(SETTINGS)


def test_a_value_survives_a_restart_and_the_default_leaves_the_file(file):
    settings = Settings(file)
    settings.set("chat.temperature", "0.7")
    assert Settings(file).number("chat.temperature") == 0.7
    settings.set("chat.temperature", BY_NAME["chat.temperature"].default)
    assert "temperature" not in file.read_text()


@pytest.mark.parametrize(
    ("name", "given_value"),
    [
        ("chat.temperature", "hot"),
        ("chat.temperature", "nan"),
        ("chat.temperature", 3.0),
        ("memory.notes", "2.5"),
        ("memory.notes", -1),
        ("appearance.theme", "purple"),
        ("appearance.reduce_motion", "maybe"),
        ("files.models", 7),
        ("files.models", "half a character \ud800"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_and_nothing_changes(file, name, given_value):
    settings = Settings(file)
    with pytest.raises(InputError) as caught:
        settings.set(name, given_value)
    assert caught.value.hint
    assert settings.get(name) == BY_NAME[name].default
    assert not file.exists()


def test_an_unknown_name_is_not_found(file):
    for call in (lambda: Settings(file).get("chat.nothing"), lambda: Settings(file).set("nothing", 1)):
        with pytest.raises(NotFoundError):
            call()


@given(st.sampled_from([setting.name for setting in SETTINGS]), st.one_of(st.text(), st.integers(), st.floats()))
def test_whatever_is_given_is_taken_in_range_or_refused(name, given_value):
    setting = BY_NAME[name]
    try:
        value = parse(name, given_value)
    except InputError:
        return
    assert type(value) is type(setting.default)
    if setting.choices:
        assert value in setting.choices
    if setting.minimum is not None:
        assert setting.minimum <= value <= setting.maximum


@given(content=st.binary(max_size=200))
def test_a_file_that_is_no_settings_file_is_put_aside(tmp_path_factory, content):
    file = tmp_path_factory.mktemp("home") / "settings.toml"
    file.write_bytes(content)
    settings = Settings(file)
    assert settings.get("files.models") == "" or settings.problem == ""
    settings.set("files.models", "Ana")
    assert Settings(file).get("files.models") == "Ana"


def test_a_value_out_of_range_in_the_file_is_told_and_the_default_holds(file):
    file.write_text("[chat]\ntemperature = 99.0\n[files]\nmodels = 'Ana'\n")
    settings = Settings(file)
    assert settings.number("chat.temperature") == BY_NAME["chat.temperature"].default
    assert settings.text("files.models") == "Ana"
    assert "temperature" in settings.problem


def test_listeners_hear_what_changed(file):
    heard = []
    settings = Settings(file)
    settings.listen(heard.append)
    settings.set("files.models", "Ana")
    assert heard == ["files.models"]


def test_a_folder_that_is_a_file_is_a_disk_error_and_the_old_value_holds(tmp_path):
    (tmp_path / "home").write_text("not a folder")
    settings = Settings(tmp_path / "home" / "settings.toml")
    with pytest.raises(DiskError) as caught:
        settings.set("files.models", "Ana")
    assert caught.value.hint
    assert settings.get("files.models") == ""


class Box:
    """A sealed file, of which only its behaviour matters here; the vault's is tested in tests/services."""

    def __init__(self):
        self.content = b""

    def read(self):
        return self.content

    def write(self, content):
        self.content = content


def test_what_a_person_says_of_themselves_is_never_in_the_plain_file(file):
    settings, box = Settings(file), Box()
    with pytest.raises(LockedError):
        settings.set("chat.name", "Ana")
    settings.unseal(box)
    settings.set("chat.name", "Ana")
    settings.set("appearance.theme", "dark")
    assert "Ana" not in file.read_text()
    assert "dark" not in box.content.decode()
    settings.seal()
    assert settings.get("chat.name") == ""
    assert not settings.is_readable("chat.name")
    assert settings.get("appearance.theme") == "dark"
    again = Settings(file)
    again.unseal(box)
    assert again.get("chat.name") == "Ana"


def test_a_sealed_value_in_the_plain_file_is_not_taken(file):
    file.write_text("[chat]\nname = 'Ana'\n")
    assert Settings(file).get("chat.name") == ""
