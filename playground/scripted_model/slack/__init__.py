"""Questions about what is said in Slack, and who and what there is."""
