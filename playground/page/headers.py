"""The security headers of everything that the page's server sends."""

from __future__ import annotations

# `data:` and `blob:` are for pictures that are shown from memory. `require-trusted-types-for` has the browser itself
# refuse to read a text as HTML, as with `innerHTML`: text of people and models never becomes elements.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
