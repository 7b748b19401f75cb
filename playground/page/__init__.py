"""The playground's page in the browser, on the server's side.

`site` serves the page's files and its requests: what people do (`actions`), what they break (`faults`), what is shown
(`snapshots`, sent by `updates`) and the run behind a thread with all its steps (`inside`). The scripts, styles and
fonts that the browser loads are in `static`, without a build step. What runs around the page is started in
`playground`; here it is known as `surroundings` only.
"""
