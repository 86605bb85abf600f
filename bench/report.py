"""Figures as they are found: printed at once as tables, kept for the JSON file."""

import json
from dataclasses import dataclass, field
from pathlib import Path

Figure = float | int | str | None


@dataclass
class Report:
    """Tables of figures by title, rows by name."""

    tables: dict[str, dict[str, dict[str, Figure]]] = field(default_factory=dict)

    def table(self, title: str, rows: dict[str, dict[str, Figure]], note: str = "") -> None:
        """Keep and print one table; every row has the same columns."""
        self.tables[title] = rows
        columns = list(next(iter(rows.values()), {}))
        width = max(len(name) for name in [title, *rows])
        print(f"\n{title:<{width}}" + "".join(f"{column:>12}" for column in columns))
        for name, figures in rows.items():
            print(f"{name:<{width}}" + "".join(f"{_text(figures[c]):>12}" for c in columns))
        if note:
            print(f"({note})")

    def figure(self, title: str, row: str, column: str) -> float | None:
        """A figure that was found before; None when that part did not run."""
        found = self.tables.get(title, {}).get(row, {}).get(column)
        return float(found) if isinstance(found, float | int) else None

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(self.tables, indent=1) + "\n", encoding="utf-8")


def _text(figure: Figure) -> str:
    if figure is None:
        return "-"
    if isinstance(figure, str):
        return figure
    decimals = 0 if abs(figure) >= 1000 else 1 if abs(figure) >= 100 else 2
    return f"{figure:,.{decimals}f}"


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
