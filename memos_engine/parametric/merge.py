"""An adapter merged once into a copy of its base model: faster than both beside one another, and than the base alone.

The matrices that the adapter changes become Q8_0, which this processor's kernels read faster than Q4_1 (`memos bench
adapter-cost`); the others stay as they are. The copy is derived from public files only, and can be made again any time.

    python -m memos_engine.parametric.merge      makes the copies of the default model, and removes those of before
"""

import os
import tempfile
from pathlib import Path

from memos_engine.atomic_file import disk_error, sync_folder
from memos_engine.errors import MemosError
from memos_engine.inference.adapter_file import BASE_DIGEST, AdapterFile, read_adapter
from memos_engine.inference.header import read_header
from memos_engine.resources import adapters_dir, default_weights, models_dir

_ADAPTER_DIGEST = "memos.adapter.digest"
_OWN = ("GGUF.", "general.architecture", "general.file_type", "general.quantization_version")


def merged_path(adapter: AdapterFile) -> Path:
    """Where the copy lies, if it was made."""
    return models_dir() / "merged" / f"{adapter.base_digest[:16]}-{adapter.digest[:16]}.gguf"


def merged_copy(adapter: AdapterFile) -> Path | None:
    """The copy of this adapter's base with the adapter in it, or None where there is none that is whole."""
    path = merged_path(adapter)
    try:
        header = read_header(path)
    except MemosError:
        return None
    made_of = (header.text(BASE_DIGEST), header.text(_ADAPTER_DIGEST))
    return path if made_of == (adapter.base_digest, adapter.digest) else None


def write_merged(base: Path, adapter: AdapterFile, out: Path) -> None:
    """Write `base` with `adapter` added to its weights to `out`, as a whole or not at all. Raises `DiskError`."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".merging-", dir=out.parent) as folder:
            beside = Path(folder) / out.name
            _write(base, adapter, beside)
            with beside.open("rb") as stream:
                os.fsync(stream.fileno())
            beside.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise disk_error(out.name, error) from error


def _write(base: Path, adapter: AdapterFile, out: Path) -> None:
    # Set-up alone writes: whoever only looks for a copy does not wait for the package at start-up.
    import numpy as np
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, dequantize, quantize

    model, lora = GGUFReader(base), GGUFReader(adapter.path)
    changes = {tensor.name: tensor.data for tensor in lora.tensors}
    alpha = float(lora.fields["adapter.lora.alpha"].contents())
    writer = GGUFWriter(str(out), model.fields["general.architecture"].contents())
    writer.add_string(BASE_DIGEST, adapter.base_digest)
    writer.add_string(_ADAPTER_DIGEST, adapter.digest)
    for field in model.fields.values():
        if not field.name.startswith(_OWN):
            inside = field.types[-1] if field.types[0] == GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), field.types[0], inside)
    for tensor in model.tensors:
        down, up = (changes.get(f"{tensor.name}.lora_{side}") for side in "ab")
        if down is None or up is None:
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
            continue
        weights = dequantize(tensor.data, tensor.tensor_type).astype(np.float32)
        weights += (alpha / adapter.rank) * (up.astype(np.float32) @ down.astype(np.float32))
        writer.add_tensor(
            tensor.name, quantize(weights, GGMLQuantizationType.Q8_0), raw_dtype=GGMLQuantizationType.Q8_0
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> int:
    """Merge each adapter that came along into the default chat model."""
    base = default_weights("chat").path
    header = read_header(base)
    kept = set()
    for path in sorted(adapters_dir().glob("*.gguf")):
        adapter = read_adapter(path, header)
        if merged_copy(adapter) is None:
            write_merged(base, adapter, merged_path(adapter))
        kept.add(merged_path(adapter))
    for old in (models_dir() / "merged").glob("*.gguf"):
        if old not in kept:
            old.unlink()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
