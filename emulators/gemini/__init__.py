"""The stand-in for Google's generateContent and streamGenerateContent, which answers from a script.

- `emulator.py`: `GeminiEmulator`, what a test says to it and what a client sees.
- `answers.py`: the answers that a test or the demo can give; `faults.py`: those that go wrong; `holds.py`: requests
  and streams that wait until a test lets them go on; `script.py`: which request gets which of them.
- `rules/`: what Gemini refuses; `errors.py`: in which words.
- `pace.py`: answers that come at the speed of a real model.
- `response_body.py` makes Gemini's JSON of an answer, `transmission.py` sends it.
"""
