"""The stand-in for what the agent's tools ask: the weather service, the services about IP addresses, a helpdesk.

- `emulator.py`: `WorldEmulator`, its HTTP routes and the record of requests.
- `weather.py` and `addresses.py`: the alerts and places that it answers with, in the services' own formats.
- `helpdesk.py`: the tickets that were filed.
- `faults.py`: what can go wrong, for a number of requests or for one that is held.

A further service is a route in `emulator.py`, and a module for what it answers.
"""
