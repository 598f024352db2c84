from __future__ import annotations

import threading

import pytest

from dualnetssl.prediction.pipeline import overlap


def test_the_next_is_read_and_worked_on_while_one_is_written():
    begun = {stage: [threading.Event() for _ in range(3)] for stage in ("read", "work")}

    def read(index):
        begun["read"][index].set()
        return index

    def work(index):
        begun["work"][index].set()
        return index

    def write(index):
        if index < 2:
            assert begun["work"][index + 1].wait(10)
        if index == 0:
            assert begun["read"][2].wait(10)
        return index

    assert list(overlap([0, 1, 2], read, work, write)) == [0, 1, 2]


def test_what_is_done_comes_before_the_next_is_done():
    told = threading.Event()

    def work(index):
        return index if index == 0 else told.wait(10)

    results = overlap([0, 1], int, work, lambda found: found)
    assert next(results) == 0
    told.set()
    assert next(results) is True


@pytest.mark.parametrize("stage", range(3))
def test_an_error_of_any_stage_is_raised_after_what_was_done(stage):
    def failing(own):
        def act(index):
            if own == stage and index == 1:
                raise ValueError(f"stage {stage}")
            return index

        return act

    results = overlap([0, 1, 2], *(failing(own) for own in range(3)))
    assert next(results) == 0
    with pytest.raises(ValueError, match=f"stage {stage}"):
        next(results)


def test_a_stop_keeps_what_is_being_worked_on():
    answers = iter([False, False, True])
    assert list(overlap([5, 6, 7, 8], int, int, int, lambda: next(answers))) == [5, 6]
    assert list(overlap([5, 6], int, int, int, lambda: True)) == []
    assert list(overlap([], int, int, int)) == []
