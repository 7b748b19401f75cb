"""The grants: which calls of tools people have allowed once and for all, so that nobody is asked again.

`workflow` keeps them in Temporal, `book` is the deciding itself, and `store` is how the worker's other parts reach
them. The workflow and the store never import each other; what they exchange is in `agent_worker.contract.grants`.
"""
