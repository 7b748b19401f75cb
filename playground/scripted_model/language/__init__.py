"""Sentences: their words, the values in them, days, times and places, and how they go on from one another."""
