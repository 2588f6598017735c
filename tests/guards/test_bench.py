"""What is measured still does what it says: the same commands, with little data and without keeping a figure."""

import re
import subprocess
import sys

from tests.conftest import ROOT


def _bench(*options):
    command = [sys.executable, "-m", "bench", "--database", "sqlite", *options]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)


def test_a_month_of_few_employers_is_billed_to_the_last_invoice():
    done = _bench("--billing", "--employers", "4")

    assert done.returncode == 0, done.stderr
    assert re.search(r"statements posted \| 4 of 4 ", done.stdout), done.stdout
    assert re.search(r"invoices issued \| 12 ", done.stdout), done.stdout


def test_control_a_month_without_anything_to_bill_is_no_result():
    done = _bench("--billing", "--employers", "0")

    assert done.returncode == 1
    assert "no result" in done.stderr
