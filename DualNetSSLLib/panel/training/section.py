"""Section 4: train, watch it learn, stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slicer.i18n import tr as _

from DualNetSSLLib.client.errors import DualNetSSLError, InvalidRequest
from DualNetSSLLib.client.records import Dataset, Job
from DualNetSSLLib.panel.common.context import PanelContext
from DualNetSSLLib.panel.common.message import MessageLine, guarded
from DualNetSSLLib.panel.common.wiring import Wire, Wiring
from DualNetSSLLib.panel.common.words import duration_in_words, size_in_words, state_in_words
from DualNetSSLLib.panel.desk.case_nodes import model_title
from DualNetSSLLib.panel.desk.section import LabelSection
from DualNetSSLLib.panel.training.budget import steps_within, training_bytes, typical_seconds_per_step
from DualNetSSLLib.panel.training.curves import TrainingCurves
from DualNetSSLLib.panel.training.follower import Follower
from DualNetSSLLib.panel.training.plots import DICE, LOSSES, TrainingPlots
from DualNetSSLLib.panel.training.unsubmitted import CANCEL, SUBMIT, Unsubmitted, ask

DRAW_MS = 200
"""Events may come by the thousand; they are drawn no more often than this."""
DEFAULT_WIDTH = 16
"""Width of a training that was ordered without one."""
TEACHING = ("in_review", "labelled", "verified")


class TrainSection:
    """Starts and stops trainings and shows how they go, whoever started them and whenever the panel comes in.

    Attributes:
        extra: fields of the configuration that have no widget, for the training that is ordered next.
    """

    def __init__(self, context: PanelContext, ui: Any, label: LabelSection) -> None:
        """Fill the section's widgets with what is remembered; corrections are submitted in the label section."""
        self._context, self._ui = context, ui
        self.unsubmitted = Unsubmitted(context, label)
        self.message = MessageLine(ui.trainMessage)
        self.plots = TrainingPlots()
        self.follower = Follower(context.session, self._told, self._ended, self._failed)
        self._asked = ""
        self.extra: dict[str, Any] = {}
        self._fill()
        self._wiring = Wiring(*self._wires())
        self._drawing = self._wiring.timer(DRAW_MS, self._heard, once=True)
        state = context.state
        self._stop_watching = [
            state.watch(self._jobs_changed, "jobs", "dataset", "connection"),
            state.watch(self.update, "cases", "models", "model"),
            context.scene_closing.subscribe(self.plots.forget),
            label.desk.changed.subscribe(self.update),
        ]
        self.update()

    def _fill(self) -> None:
        ui, settings = self._ui, self._context.settings
        for text, preset in (
            (_("Labels and unlabelled scans"), "default"),
            (_("Labels only"), "supervised"),
            (_("As published, for comparison"), "paper"),
        ):
            ui.presetCombo.addItem(text, preset)
        ui.presetCombo.setCurrentIndex(max(0, ui.presetCombo.findData(settings.get("preset", "default"))))
        ui.budgetSpin.value = settings.get("budgetMinutes", 30)
        ui.widthSpin.value = settings.get("width", 16)
        for text, modality in ((_("CT or MR, as their values say"), "auto"), (_("CT"), "ct"), (_("MR"), "mr")):
            ui.modalityCombo.addItem(text, modality)
        for text, chart in ((_("Show Dice"), DICE), (_("Show losses"), LOSSES), (_("Show no curves"), "")):
            ui.curvesCombo.addItem(text, chart)
        ui.curvesCombo.setCurrentIndex(max(0, ui.curvesCombo.findData(settings.get("curves", DICE))))

    def _wires(self) -> tuple[Wire, ...]:
        ui, put = self._ui, self._context.settings.put
        return (
            (ui.trainButton, "clicked(bool)", self.train_or_stop),
            (ui.resumeButton, "clicked(bool)", self.resume),
            (ui.curvesCombo, "currentIndexChanged(int)", self.show_curves),
            (ui.reviewSection, "contentsCollapsed(bool)", self._make_room),
            (ui.trainSection, "contentsCollapsed(bool)", self._bring_back),
            (ui.budgetSpin, "valueChanged(int)", lambda value: put("budgetMinutes", value)),
            (ui.widthSpin, "valueChanged(int)", lambda value: put("width", value)),
            (ui.presetCombo, "currentIndexChanged(int)", lambda row: put("preset", ui.presetCombo.itemData(row))),
            (ui.modalityCombo, "activated(int)", self._say_modality),
            *((widget, "valueChanged(int)", self.update) for widget in (ui.budgetSpin, ui.widthSpin, ui.stepsSpin)),
            (ui.presetCombo, "currentIndexChanged(int)", self.update),
            (ui.warmStartCheck, "toggled(bool)", self.update),
        )

    # what the user does

    @guarded
    def train_or_stop(self) -> None:
        """Start a training; or stop the one that runs, which keeps a usable model."""
        job = self._context.state.running_job("train")
        self.message.clear()
        if job is not None:
            self._ask(_("Stopping after this step; the model is kept…"), "cancel_job", job=job.id)
            return
        if self.unsubmitted.busy:
            self.unsubmitted.stop()
            return
        waiting = self.unsubmitted.cases
        answer = ask(len(waiting)) if waiting else ""
        if answer == SUBMIT:
            self.message.show(_("Corrections are submitted before the training…"), "busy")
            self.unsubmitted.submit_all(self._submitted, self._stuck)
        elif answer != CANCEL:
            self._train()

    @guarded
    def _submitted(self) -> None:
        self.message.clear()
        self._train()

    @guarded
    def _stuck(self, why: str) -> None:
        self.message.show(why, "bad")

    def _train(self) -> None:
        dataset = self._context.state.dataset
        if dataset is None:
            raise InvalidRequest(_("No data set is open."), _("Choose one above."))
        model = self._starting_model()
        self._ask(_("Starting…"), "train", dataset=dataset.id, config=self.config(), model=model)

    @guarded
    def resume(self) -> None:
        """Let the last training go on from where it was."""
        job = self._last_training()
        if job is not None:
            self._ask(_("Starting again…"), "resume_job", job=job.id)

    @guarded
    def show_curves(self) -> None:
        """Show the chosen curves beside the images, or give the former layout back."""
        self._context.settings.put("curves", self._chart())
        if not self._chart():
            self.plots.hide()
        elif self.follower.job is not None:
            self._draw()
            self.plots.show(self._chart())

    def _make_room(self, collapsed: bool) -> None:
        """Give the 3D view back to who reviews, unless a training runs: its curves lie there."""
        if not collapsed and self._context.state.running_job("train") is None:
            self.plots.hide()

    def _bring_back(self, collapsed: bool) -> None:
        """Show the curves again where they are asked for."""
        if not collapsed and self._chart() and self.plots.present and self.follower.job is not None:
            self.plots.show(self._chart())

    def config(self) -> dict[str, Any]:
        """Return the fields of the training configuration that were chosen."""
        ui, begun = self._ui, self._begun_with()
        preset = ui.presetCombo.itemData(ui.presetCombo.currentIndex)
        fixed = {} if begun is None or norm_of(begun) == norm_of({"preset": preset}) else {"norm": norm_of(begun)}
        return {
            "preset": preset,
            "steps": self.steps(),
            "width": self._width(),
            "seed": ui.seedSpin.value,
            "report_every": max(1, min(10, self.steps() // 20)),
            **({} if begun is not None or self._modality() == "auto" else {"modality": self._modality()}),
            **fixed,
            **self.extra,
        }

    def steps(self) -> int:
        """Return the number of steps that were chosen, or that fit into the time budget."""
        chosen = int(self._ui.stepsSpin.value)
        return chosen or steps_within(60 * self._ui.budgetSpin.value, self._seconds_per_step()[0])

    @guarded
    def _say_modality(self, row: int) -> None:
        """Keep what a person says of the scans of this data set."""
        settings, dataset = self._context.settings, self._context.state.dataset
        if dataset is not None:
            said = {**settings.get("modality", {}), dataset.id: self._ui.modalityCombo.itemData(row)}
            settings.put("modality", {key: kind for key, kind in said.items() if kind != "auto"})

    # what the server answers

    def _ask(self, text: str, operation: str, **arguments: Any) -> None:
        self._asked = text
        self._context.session.call(operation, done=self._answered, failed=self._failed, **arguments)

    @guarded
    def _answered(self, job: Job) -> None:
        self._asked = ""
        state = self._context.state
        state.change(jobs=(job, *(other for other in state.jobs if other.id != job.id)))

    @guarded
    def _failed(self, error: DualNetSSLError) -> None:
        self._asked = ""
        raise error

    @guarded
    def _jobs_changed(self) -> None:
        """Follow what runs, or show how the last training went."""
        state = self._context.state
        if state.connection is None or state.dataset is None:
            self.follower.forget()
            self.message.clear()
            return
        job = self._last_training()
        following = self.follower.job
        if job is not None and (following is None or following.id != job.id or (not job.ended and following.ended)):
            self.follower.follow(job)
            if not job.ended and self._chart():
                self._draw()
                self.plots.show(self._chart())

    def _told(self) -> None:
        if not self._drawing.active:
            self._drawing.start()

    @guarded
    def _heard(self) -> None:
        """Show what the training has told since the last time."""
        curves, job = self.follower.curves, self.follower.job
        if job is None:
            return
        if curves.warning:
            self.message.show(_("Warning: {message}.").format(message=curves.warning), "busy")
        if curves.seconds_per_step is not None:
            key = self._speed_key(job.config.get("width", self._ui.widthSpin.value))
            self._context.settings.put("speed", {**self._speeds(), key: curves.seconds_per_step})
        self._draw()

    @guarded
    def _ended(self, job: Job) -> None:
        known = next((other for other in self._context.state.jobs if other.id == job.id), None)
        if known is not None and known.ended:
            return
        if job.state == "failed" and job.problem is not None:
            problem = job.problem
            self.message.show(f"{problem.title}: {problem.detail} {problem.remedy or ''}".strip(), "bad")
        self._answered(job)
        self._heard()
        self._context.loader.refresh()

    # the widgets

    def _draw(self) -> None:
        """Draw the curves; and bring them up again if a scene was closed since."""
        dataset, job = self._context.state.dataset, self.follower.job
        if dataset is None or not self._chart():
            return
        gone = not self.plots.present
        self.plots.update(self.follower.curves, dataset.labels)
        if gone and job is not None and not job.ended:
            self.plots.show(self._chart())

    def update(self, *_arguments: Any) -> None:
        """Bring the widgets up to date."""
        ui, state = self._ui, self._context.state
        job, running = self._last_training(), state.running_job("train")
        waiting = self.unsubmitted.glance()
        hint = self._hint(waiting)
        ui.trainHint.text = hint or _waiting_in_words([self._context.title(case) for case in waiting])
        ui.trainHint.visible = bool(ui.trainHint.text)
        self._name_button(running is not None)
        ui.trainButton.enabled = not self._asked and (running is not None or not hint)
        ui.resumeButton.visible = running is None and job is not None and job.state in ("failed", "cancelled")
        ui.resumeButton.enabled = not self._asked
        for widget in (ui.presetCombo, ui.budgetSpin, ui.trainAdvancedGroup, ui.warmStartCheck):
            widget.enabled = running is None and state.dataset is not None
        self._show_start()
        ui.estimateLabel.visible = running is None and not hint
        if not hint:
            ui.estimateLabel.text = self._estimate()
        self._show_progress(job)

    def _name_button(self, running: bool) -> None:
        """Say what the button does: train, train again, or stop."""
        ui, again = self._ui, bool(self._context.state.models)
        stops = running or self.unsubmitted.busy
        ui.trainButton.text = _("Stop") if stops else _("Train again") if again else _("Train")
        if running:
            tip = _("Stop after the present step; what was learnt so far is kept as a model.")
        elif self._starting_model():
            tip = _("Go on learning, from what is verified by now. Afterwards all cases are predicted and compared.")
        else:
            tip = _("Train both networks on this data set. Afterwards all cases are predicted.")
        ui.trainButton.toolTip = tip

    def _show_start(self) -> None:
        """Say which model the training would go on from; that one fixes the networks' width and how scans are seen."""
        ui, models = self._ui, self._context.state.models
        ui.warmStartCheck.visible = bool(models)
        if models:
            title = model_title(models, self._in_use())
            ui.warmStartCheck.text = _("Go on from {model}").format(model=title)
        anew = self._starting_model() is None
        ui.widthSpin.enabled = ui.modalityCombo.enabled = anew
        ui.modalityCombo.setCurrentIndex(ui.modalityCombo.findData(self._modality()))

    def _show_progress(self, job: Job | None) -> None:
        ui, curves = self._ui, self.follower.curves
        ui.trainBar.visible = job is not None and not job.ended
        ui.trainStateLabel.visible = job is not None or bool(self._asked)
        ui.diceLabel.visible = job is not None and bool(curves.dice)
        ui.trainBar.setRange(0, max(0, curves.steps))
        ui.trainBar.value = curves.step
        if job is not None:
            ui.trainStateLabel.text = self._asked or self._progress_in_words(job, curves)
            ui.diceLabel.text = dice_in_words(curves)
        elif self._asked:
            ui.trainStateLabel.text = self._asked

    def _progress_in_words(self, job: Job, curves: TrainingCurves) -> str:
        predicting = self._context.state.running_job("predict")
        if job.ended and predicting is not None:
            return _("Trained for {steps} steps. All cases are being predicted…").format(steps=curves.step)
        if job.ended:
            return _("The last training is {state} after {steps} steps.").format(
                state=state_in_words(job.state), steps=curves.step
            )
        if job.state == "pending":
            return _("The training waits at the cluster for its turn…")
        if job.state == "queued" or not curves.steps:
            return preparing_in_words(curves.prepared if job.state != "queued" else (0, 0))
        parts = [_("Step {step} of {steps}").format(step=curves.step, steps=curves.steps)]
        if curves.seconds_left is not None:
            parts.append(_("{time} left").format(time=duration_in_words(curves.seconds_left)))
        if curves.memory_bytes:
            parts.append(_("{memory} on the device").format(memory=size_in_words(curves.memory_bytes)))
        return ", ".join(parts)

    def _estimate(self) -> str:
        labelled, other = self._counts()
        seconds, measured = self._seconds_per_step()
        source = _("as measured here") if measured else _("a guess, until the first training has measured it")
        return _(
            "With a label: {labelled}, without: {other}. {steps} steps of {seconds} s ({source}): about {time}. "
            "Memory: about {memory}{available}."
        ).format(
            labelled=labelled,
            other=other,
            steps=self.steps(),
            seconds=f"{seconds:.2g}",
            source=source,
            time=duration_in_words(seconds * self.steps()),
            memory=size_in_words(self._memory()),
            available=self._available(),
        )

    def _memory(self) -> float:
        """Estimate the bytes that the training would take."""
        state, ui = self._context.state, self._ui
        classes = 1 + len(state.dataset.labels) if state.dataset else 2
        patches = 2 if ui.presetCombo.itemData(ui.presetCombo.currentIndex) == "supervised" else 4
        return training_bytes([case.geometry for case in state.cases], self._width(), classes, patches)

    def _available(self) -> str:
        """Say how much memory the device that the server will use has."""
        connection = self._context.state.connection
        device = connection.info.devices[0] if connection is not None and connection.info.devices else None
        if device is None or not device.memory_bytes:
            return ""
        return _(" of {memory} ({device})").format(memory=size_in_words(device.memory_bytes), device=device.title)

    def _hint(self, waiting: Sequence[str]) -> str:
        """Say why nothing can be trained; corrections that wait to be submitted are enough to begin with."""
        state = self._context.state
        if state.dataset is None:
            return _("First open a data set, above.")
        if not state.cases:
            return _("First add scans to the data set, above.")
        if not self._counts()[0] and not waiting:
            return _(
                "First label a scan: double-click it in the table of cases. Three are a good start, or slices of eight."
            )
        return ""

    # what it knows

    def _chart(self) -> str:
        return str(self._ui.curvesCombo.itemData(self._ui.curvesCombo.currentIndex))

    def _counts(self) -> tuple[int, int]:
        cases = self._context.state.cases
        labelled = sum(case.state in TEACHING for case in cases)
        return labelled, len(cases) - labelled

    def _last_training(self) -> Job | None:
        return next((job for job in self._context.state.jobs if job.kind == "train"), None)

    def _starting_model(self) -> str | None:
        state = self._context.state
        return self._in_use() if self._ui.warmStartCheck.checked and state.models else None

    def _in_use(self) -> str:
        """Return the id of the model in use; empty if there is none."""
        state = self._context.state
        newest = max(state.models, key=lambda model: model.created, default=None)
        return state.model or ("" if newest is None else newest.id)

    def _width(self) -> int:
        """Return the width of the networks: chosen, or that of the model that the training goes on from."""
        begun = self._begun_with()
        return int(self._ui.widthSpin.value) if begun is None else int(begun.get("width", DEFAULT_WIDTH))

    def _begun_with(self) -> dict[str, Any] | None:
        """Return the configuration of the model that the training goes on from; None if it starts anew."""
        start, state = self._starting_model(), self._context.state
        model = next((model for model in state.models if model.id == start), None)
        if model is None:
            return None
        return next((job.config for job in state.jobs if job.id == model.job), {})

    def _modality(self) -> str:
        """Return what a person said that the scans of this data set are; ``auto`` where nobody did."""
        dataset = self._context.state.dataset
        return str(self._context.settings.get("modality", {}).get(dataset.id if dataset else "", "auto"))

    def _speeds(self) -> dict[str, float]:
        speeds: dict[str, float] = self._context.settings.get("speed", {})
        return speeds

    def _speed_key(self, width: int) -> str:
        dataset: Dataset | None = self._context.state.dataset
        return f"{dataset.id if dataset else ''} {width}"

    def _seconds_per_step(self) -> tuple[float, bool]:
        """Return the seconds of a step, and whether they were measured."""
        measured = self._speeds().get(self._speed_key(self._width()))
        if measured:
            return measured, True
        connection = self._context.state.connection
        return typical_seconds_per_step(connection.info.devices if connection else (), self._width()), False

    def close(self) -> None:
        """Stop listening; a training goes on."""
        self.unsubmitted.close()
        self._wiring.close()
        self.follower.stop()
        for stop in self._stop_watching:
            stop()
        self.plots.remove()


def _waiting_in_words(cases: Sequence[str]) -> str:
    """Say which corrections teach nothing yet; empty if there are none."""
    if not cases:
        return ""
    if len(cases) == 1:
        return _("Not submitted yet: your corrections of {case}. They teach nothing until they are.").format(
            case=cases[0]
        )
    text = _("Not submitted yet: your corrections of {count} scans. They teach nothing until they are.")
    return text.format(count=len(cases))


def norm_of(config: dict[str, Any]) -> str:
    """Return the kind of normalisation that a training's configuration comes to; networks of two kinds do not fit.

    Example:
        >>> norm_of({"preset": "paper"}), norm_of({"preset": "paper", "norm": "instance"}), norm_of({})
        ('batch', 'instance', 'instance')
    """
    return str(config.get("norm") or ("batch" if config.get("preset") == "paper" else "instance"))


def preparing_in_words(prepared: tuple[int, int]) -> str:
    """Say that a training has not begun, and which of its scans is being prepared if it told how many are ready."""
    ready, total = prepared
    if not total:
        return _("The training is being prepared…")
    return _("Preparing scan {number} of {total}…").format(number=min(ready + 1, total), total=total)


def dice_in_words(curves: TrainingCurves) -> str:
    """Say the newest Dice of every label, and what it was measured on."""
    scores = ", ".join(f"{name} {curve.values[-1]:.2f}" for name, curve in curves.dice.items())
    if curves.validation_cases:
        return _("Dice on {count} validation scans: {scores}").format(count=curves.validation_cases, scores=scores)
    return _("Dice on labelled training patches: {scores}").format(scores=scores)
