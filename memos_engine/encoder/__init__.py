"""The ONNX sentence encoder."""

from memos_engine.encoder.sentence_encoder import SentenceEncoder

__all__ = ["SentenceEncoder"]
