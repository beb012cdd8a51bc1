"""The numbers of the model page: README.md shows the table that results.json gives, and nothing else."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
README = HERE / "README.md"
_BEGIN, _END = "<!-- results: written by page.py from results.json -->", "<!-- end of results -->"
_MODE_ORDER = ("batched", "batched, timestamps", "sequential", "conditioned")


def record(name: str, results: dict[str, Any], path: Path = RESULTS) -> None:
    """Keep an evaluation under `name` beside the others in `path`."""
    recorded = json.loads(path.read_text()) if path.exists() else {}
    recorded[name] = results
    path.write_text(json.dumps(recorded, indent=1, ensure_ascii=False) + "\n")


def results_table(recorded: dict[str, Any]) -> str:
    """Markdown table: a row per set and mode, a column of word error rates per model, timestamps of the shipped one."""
    names = ["shipped", *(name for name in recorded if name != "shipped")]
    head = ["held-out set", "mode", "words", *(f"WER % ({name})" for name in names), "segment ms", "word ms"]
    rows = [head, ["---"] * len(head)]
    for set_name, measured in recorded["shipped"].items():
        for mode in sorted(measured["modes"], key=_MODE_ORDER.index):
            numbers = measured["modes"][mode]
            rates = [recorded[name][set_name]["modes"][mode]["word_error_rate_percent"] for name in names]
            times = [numbers["segment_error_ms"], numbers["word_error_ms"]]
            rows.append(
                [f"{set_name}: {measured['set']['description']}", mode, str(numbers["words"])]
                + [f"{rate:.2f}" for rate in rates]
                + ["" if value is None else f"{value:.0f}" for value in times]
            )
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def shown_table() -> str:
    """The table as it stands in README.md."""
    return README.read_text().split(_BEGIN)[1].split(_END)[0].strip()


def write_table() -> None:
    """Put the table of results.json into README.md."""
    before, rest = README.read_text().split(_BEGIN)
    after = rest.split(_END)[1]
    table = results_table(json.loads(RESULTS.read_text()))
    README.write_text(f"{before}{_BEGIN}\n{table}\n{_END}{after}")


if __name__ == "__main__":
    write_table()
