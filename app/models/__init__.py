"""The page of chat models, the sentence encoder and their licences."""
