"""Runs the machine: many runs of many steps, on one house."""

from __future__ import annotations

from collections.abc import Collection

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.machine.machine import machine_in
from tests.machine.world import World


def machine(
    world: World, *, runs: int, steps: int, seed: int, is_shrunk: bool = True, only: Collection[str] = ()
) -> None:
    """Let the machine run, the same way for the same seed. What goes wrong is told as the shortest way there."""
    run_state_machine_as_test(
        hypothesis.seed(seed)(machine_in(world, only)),
        settings=settings(
            max_examples=runs,
            stateful_step_count=steps,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if is_shrunk else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
