"""Calls of any tool: which one is meant, with which arguments, and what came of it."""
