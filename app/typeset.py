"""Runs alone, in a process of its own: a job as JSON comes in, a PDF goes out.

Typesetting takes a quarter of a second and some 100 MB, and it draws what others have written; a process that ends
gives both back, and can be stopped.
"""

import json
import resource
import sys
import tempfile
from typing import Any

import typst

MEMORY = 2 * 1024**3
SECONDS = 20


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    job = json.load(sys.stdin)
    if job["xml"] is not None:
        sys.stdout.buffer.write(_invoice(job))
        return
    try:
        document = _compile(job, standards=["ua-1"])
    except typst.TypstError:
        # That standard refuses a name with a letter that our fonts lack; a gap in it is better than no sign.
        document = _compile(job, standards=[])
    sys.stdout.buffer.write(document)


def _invoice(job: dict[str, Any]) -> bytes:
    """Set an invoice for the archive (PDF/A-3) with its XML inside (ZUGFeRD)."""
    from drafthorse.pdf import attach_xml  # noqa: PLC0415 - nothing else needs it, and it takes long

    paper = _compile(job, standards=["a-3b"])
    made: bytes = attach_xml(paper, job["xml"].encode(), lang="de-DE", metadata={"creator": "Nahplatz"})
    return made


def _compile(job: dict[str, Any], *, standards: Any) -> bytes:
    """Set the document, the same way on every machine: with no fonts, packages or clock but ours."""
    with tempfile.TemporaryDirectory() as nothing:
        return typst.compile(
            job["template"],
            format="pdf",
            ignore_system_fonts=True,
            package_path=nothing,
            package_cache_path=nothing,
            timestamp=job["timestamp"],
            sys_inputs={"data": json.dumps(job["data"])},
            pdf_standards=standards,
        )


if __name__ == "__main__":
    main()
