"""What a run can be told: one definition for dataclass, command line, settings.json and comparison."""

import dataclasses
import json
from pathlib import Path

import pytest

from neuropath import cli
from neuropath.project.settings import CARRIED_OUT, RANGES, Settings


def settings(**changes):
    return Settings(out=Path("runs/x"), **changes)


def test_every_field_is_an_option_of_the_command():
    sub = cli.train_options()
    assert list(sub) == [field.name for field in dataclasses.fields(Settings)]
    assert all(options["help"] for options in sub.values())
    args = vars(cli.parser().parse_args(["train", "--out", "runs/x"]))
    assert args.pop("run") is cli.train
    assert Settings(**args) == settings()


def test_options_come_back_as_fields():
    words = "train --out o --size 64 --alpha 0.5 --drop-small --groups g.csv --unfreeze 20 --replicas 2"
    args = vars(cli.parser().parse_args([*words.split(), "--strategy", "mirrored"]))
    del args["run"]
    made = Settings(**args)
    assert (made.size, made.alpha, made.drop_small, made.replicas, made.layers) == (64, 0.5, True, 2, 20)
    assert (made.out, made.groups) == (Path("o"), Path("g.csv"))


def test_what_the_data_decides():
    assert (settings().side, settings().base_weights, settings().layers) == (96, "bundled", "all")
    other = settings(data="figshare")
    assert (other.side, other.base_weights) == (224, "imagenet")
    assert (settings(size=64).side, settings(data="x", weights="none").base_weights) == (64, "none")


def test_the_rate_of_stage_2_follows_the_weights():
    assert (settings().fine_tune_rate, settings(weights="none").fine_tune_rate) == (1e-3, 1e-3)
    assert settings(weights="imagenet").fine_tune_rate == settings(data="figshare").fine_tune_rate == 3e-4
    assert settings(weights="imagenet", fine_tune_learning_rate=0.5).fine_tune_rate == 0.5


def test_decided_leaves_nothing_to_be_chosen():
    made = settings(data="figshare", seed=7)
    changed = {name for name, value in made.decided().items() if value != made.to_dict()[name]}
    assert changed == {"size", "weights", "fine_tune_learning_rate"}
    decided = made.decided()
    assert [decided[name] for name in sorted(changed)] == [3e-4, 224, "imagenet"]
    assert Settings(out=Path("runs/x"), **decided) != made  # the file keeps what was said


def test_written_and_read_again(tmp_path):
    made = settings(groups=Path("g.csv"), path=Path("data"), seed=7, unfreeze="20", tensorboard=True)
    (tmp_path / "settings.json").write_text(json.dumps(made.to_dict()))
    read = Settings.read(tmp_path)
    assert read == dataclasses.replace(made, out=tmp_path)
    assert isinstance(read.groups, Path)
    assert "out" not in made.to_dict()  # a run can be moved


@pytest.mark.parametrize(
    "text",
    ["", "[1]", "{", '{"seed": "0"}', '{"unknown": 1}', '{"split": "random"}', '{"seed": -1}', "\xff"],
)
def test_a_damaged_file_is_named(tmp_path, text):
    (tmp_path / "settings.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"settings.json is damaged .*: train into another folder"):
        Settings.read(tmp_path)


def test_settings_of_an_earlier_version_have_the_defaults(tmp_path):
    (tmp_path / "settings.json").write_text('{"seed": 3}')
    assert Settings.read(tmp_path) == dataclasses.replace(settings(seed=3), out=tmp_path)


def test_differences_are_those_that_change_what_comes_out():
    before = settings(seed=1, path=Path("a"), jobs=1)
    now = settings(seed=2, path=Path("b"), jobs=2, unfreeze="20")
    assert now.differences(before) == ["unfreeze: all before, 20 now", "seed: 1 before, 2 now"]
    assert now.differences(now) == []
    assert set(CARRIED_OUT) <= {field.name for field in dataclasses.fields(Settings)}


CHOICES = [field.name for field in dataclasses.fields(Settings) if field.metadata.get("choices")]


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_names_the_choices(name):
    with pytest.raises(ValueError, match=rf"--{name.replace('_', '-')} expects one of .*, received 'other'"):
        settings(**{name: "other"})


@pytest.mark.parametrize("name", RANGES)
def test_a_number_out_of_its_range(name):
    least, most = RANGES[name]
    extra = {"strategy": "mirrored"} if name == "replicas" else {}
    settings(**{name: least}, **extra)
    settings(**{name: most}, **extra)
    for wrong in (least - 1, most + 1, float("nan")):
        with pytest.raises(ValueError, match=rf"--{name.replace('_', '-')} expects .* to .*, received"):
            settings(**{name: wrong}, **extra)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"unfreeze": "some"}, "--unfreeze expects all or a number"),
        ({"unfreeze": "-1"}, "--unfreeze expects all or a number"),
        ({"unfreeze": "²"}, "--unfreeze expects all or a number"),
        ({"replicas": 2}, "belongs to --strategy mirrored"),
        ({"weights": "none", "fine_tune_epochs": 0}, "--weights none expects --fine-tune-epochs"),
    ],
)
def test_what_does_not_go_together(changes, said):
    with pytest.raises(ValueError, match=said):
        settings(**changes)
