"""Answers that somebody has written for the script, in the file that PLAYGROUND_SCRIPT names."""
