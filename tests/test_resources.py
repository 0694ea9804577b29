"""The manifest of weights: complete, pinned, licensed, and where the code looks for it."""

import hashlib
import tomllib
from pathlib import Path

from memos_engine.resources import default_weights, models_dir, resources_dir, weights


def test_each_role_has_its_default_weights_in_place():
    for role in ("chat", "encoder", "pipeline"):
        entry = default_weights(role)
        assert entry.path.exists(), f"{entry.name}: make setup fetches it"
        assert entry.licence in ("Apache-2.0", "MIT")


def test_every_member_is_pinned_and_is_what_the_manifest_says():
    manifest = tomllib.loads((resources_dir() / "models.toml").read_text())
    assert len(manifest["weights"]) == len(weights())
    for entry in manifest["weights"]:
        for member in entry["members"]:
            assert len(member["wheel_sha256"]) == 64
            target = models_dir() / member["target"]
            assert target.exists()
            if "sha256" in member:
                assert hashlib.sha256(target.read_bytes()).hexdigest() == member["sha256"]


def test_the_models_folder_can_be_elsewhere(monkeypatch):
    monkeypatch.setenv("MEMOS_MODELS", "/somewhere/else")
    assert models_dir() == Path("/somewhere/else")


def test_the_readme_lists_all_weights_with_their_licences():
    readme = (resources_dir().parent / "README.md").read_text()
    for entry in weights():
        assert f"| {entry.name} |" in readme
        assert f"| {entry.licence} | {entry.source} |" in readme
