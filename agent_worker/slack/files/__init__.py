"""Files of Slack: those that people share reach the model, and answers that are too long become a file.

`reader` puts shared files into what the model is given: it asks Slack about each file, `download` fetches the bytes,
and `contents` turns them into parts or says why a file cannot be read. `upload` sends a file into a thread;
`agent_worker/slack/blocks/answer_layout` decides which answers need one.
"""
