"""The playground: everything that `make run` starts on one machine, and what people use to try the agent.

Here are the processes and how they are supervised, the stand-ins that they are connected to, the browser page (`page`),
the terminal chat (`chat`) and the model that answers without a key (`scripted_model`). The stand-ins for Slack, Gemini
and the other services themselves are in `emulators`, because the tests use them as well. Nothing of the product imports
the playground.
"""
