"""The ONNX sentence encoder."""
