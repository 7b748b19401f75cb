"""The transcript: what the model is given of a conversation, and what becomes of it when words are taken back. Pure."""
