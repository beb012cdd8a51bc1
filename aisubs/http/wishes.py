"""What somebody wishes of a new job becomes what this server does, or is refused; the same for every way in."""

from __future__ import annotations

from aisubs.model.errors import error
from aisubs.model.job import Options
from aisubs.model.second_opinion import NO_SECOND
from aisubs.pipeline.drop_options import choose_model, choose_second
from aisubs.weights.mark import told_name
from aisubs.wiring import App
from aisubs.wiring_workers import insist_on_diarizer


def chosen_options(wished: Options, model: str | None, second: str | None, app: App) -> Options:
    """`wished` with the models that were named, as workers know them, and with what is usual here.

    Raises `bad_request`, `no_model`, `unknown_model`, `no_diarizer`, `diarizer_off`, `diarizer_unusable`.
    """
    model, second = choose_model(model, app.settings), choose_second(second, app.settings)
    for name in (model or app.settings.model, second):
        if name not in (None, NO_SECOND) and not app.has_model(name):
            raise error("no_model", model=told_name(name))
    options = wished.model_copy(update={"model": model, "second_opinion": second})
    options = options.with_usual(app.settings.languages, diarize=app.settings.diarize)
    if options.diarize:
        insist_on_diarizer(app.has_diarizer(), app.settings)
    return options
