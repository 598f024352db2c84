"""Width and steps for so many minutes: by what steps cost, and what was chosen stays chosen."""

import pytest

from dualnetssl.contract.config import TrainConfig
from dualnetssl.contract.errors import InvalidRequest, TrainingFailed
from dualnetssl.contract.jobdir import JobDirectory
from dualnetssl.contract.jobspec import JobCase, JobSpec
from dualnetssl.contract.schema import JobKind
from dualnetssl.volumes.phantoms import LABELS, case_name, write_sample_data
from dualnetssl.worker.timebudget import Costs, choose, within

STEP = {4: 0.5, 8: 1.0, 16: 3.0}


def chosen(minutes, width=None):
    tried = []

    def costs_at(each):
        tried.append(each)
        return Costs(start=5.0, plain=STEP[each], full=2 * STEP[each], ending=25.0, share=0.5)

    found = choose(costs_at, lambda: 60 * minutes, width)
    return found.width, found.steps, tried, found


def test_the_widest_that_gets_steps_enough_is_chosen_and_said():
    assert chosen(2)[:3] == (4, 120, [4]), "width 8 is not tried where it cannot get 300"
    assert chosen(10)[:3] == (8, 380, [4, 8])
    width, steps, tried, found = chosen(60)
    assert (width, steps, tried) == (8, 2300, [4, 8, 16])
    said = found.told(60, "cpu")
    for part in ("width 8, 2300 steps", "1 s", "width 16 would get 793 steps, fewer than the 1000"):
        assert part in said
    assert chosen(120)[:2] == (16, 1500)
    assert chosen(100_000)[:2] == (16, 6000), "no more than the publication's"


def test_what_cannot_be_trained_is_not_chosen():
    def costs_at(each):
        if each > 4:
            raise TrainingFailed("no memory", "enough", "Get more.")
        return Costs(start=5.0, plain=0.5, full=1.0, ending=25.0, share=0.5)

    assert choose(costs_at, lambda: 6000, None).width == 4
    with pytest.raises(TrainingFailed):
        choose(costs_at, lambda: 6000, 8)


def test_a_width_that_is_given_stays_and_too_little_time_is_refused():
    assert chosen(60, 16)[:3] == (16, 790, [16])
    with pytest.raises(InvalidRequest, match="less than 10 steps"):
        chosen(0.5)


def test_steps_are_measured_on_the_scans_and_stay_when_the_training_goes_on(tmp_path):
    write_sample_data(tmp_path, 3, 0, "small")
    folders = {part: str(tmp_path / part) for part in ("images", "labels")}
    names = [f"{case_name(number)}.nrrd" for number in (1, 2, 3)]
    cases = [
        JobCase(case=name, image=f"{folders['images']}/{name}", label=f"{folders['labels']}/{name}") for name in names
    ]
    cases[2] = cases[2].model_copy(update={"label": None})
    config = TrainConfig(patch=(16, 16, 32), labelled_per_step=1, unlabelled_per_step=1)
    spec = JobSpec(kind=JobKind.TRAIN, labels=LABELS, cases=tuple(cases), device="cpu", train=config)
    directory, said = JobDirectory(tmp_path / "run"), []
    found = within(spec, 10, 2, directory, said.append)
    assert found.train.width == 2
    assert found.train.steps >= 10
    assert found == spec.model_copy(
        update={"train": config.model_copy(update={"width": 2, "steps": found.train.steps})}
    )
    assert "on cpu: width 2" in said[1]
    assert not directory.path.exists(), "nothing is left of the trial"
    directory.create(found)
    directory.checkpoint_path.touch()
    assert within(spec, 10, None, directory, said.append) == found
    assert "were chosen when this training began" in said[2]
