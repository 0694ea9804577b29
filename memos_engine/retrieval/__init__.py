"""Lexical and vector indexes, their fusion, and the score's parts."""
