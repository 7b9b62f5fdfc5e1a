"""What the rulebook leaves open is set in one place, with its origin, and never past the law."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.legal_settings import LegalSettings, describe, load_legal_settings
from core.settings import SettingsError


def written(folder: Path, content: Any) -> Path:
    """A settings file."""
    file = folder / "legal.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_the_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    file = written(tmp_path, {"notice_counting_strict": False, "refund_alarm_hours": [6, 12]})
    assert load_legal_settings(file) == replace(
        LegalSettings(), notice_counting_strict=False, refund_alarm_hours=(6, 12)
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"notice_counting": True}, "unknown legal settings notice_counting"),
        ({"survey_fresh_days": "soon"}, "survey_fresh_days"),
        ({"second_round_cut_percent": 21}, "V-41"),
        ({"deposit_default_percent": "4.99"}, "B-30"),
        ({"deposit_default_percent": "many"}, "no number"),
        ({"balance_due_days": 31}, "B-70"),
        ({"bidding_data_years": 9}, "B-42"),
        ({"parties_notice_days": 2}, "B-20"),
        ({"survey_fresh_days": -1}, "negative"),
        ({"first_seal_bonus_base": "all"}, "D-04"),
        ("[1]", "one JSON object"),
        ("{", "legal.json"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_one_clear_line(tmp_path: Path, content: Any, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as refused:
        load_legal_settings(written(tmp_path, content))
    assert "\n" not in str(refused.value)


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot read"):
        load_legal_settings(tmp_path / "none.json")


def test_every_setting_names_its_rule_its_origin_and_its_meaning() -> None:
    described = describe()
    assert len(described) == len({each.name for each in described}) > 40
    for each in described:
        assert each.rule, each.name
        assert each.source in {"V", "V~", "W2", "R:hi", "R:mid", "R:lo", "D"}, each.name
        assert each.meaning, each.name


def test_the_increment_bands_rise() -> None:
    bands = LegalSettings().increment_bands
    assert list(bands) == sorted(bands)
    assert [step for _, step in bands] == sorted(step for _, step in bands)
