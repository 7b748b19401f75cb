"""One turn: it opens, is admitted, reads links, asks the model, runs tools, and shows how far it is."""
