"""The `neuropath` command. One function a subcommand; heavy imports stay inside them."""

from __future__ import annotations

import argparse
import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path


def root_folder() -> Path:
    """The checkout: the nearest folder upwards that holds _config.yml and _toc.yml."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "_config.yml").exists() and (folder / "_toc.yml").exists():
            return folder
    raise SystemExit(
        f"neuropath expects to run inside a checkout of the course (a folder with _config.yml and _toc.yml); "
        f"{here} is in none. Change into the checkout and try again."
    )


def notebooks(args: argparse.Namespace) -> int:
    """Write sessions/*.ipynb and the compiled self-checks from the pages; --check only compares."""
    from neuropath.publish import sync

    return sync.main(root_folder(), check=args.check)


def execute(args: argparse.Namespace) -> int:
    """Execute the pages whose outputs are not cached yet."""
    from neuropath.publish.execute import execute as run

    return run(root_folder(), workers=args.workers)


def publish_url(args: argparse.Namespace) -> int:
    """Write the repository's public address into _config.yml and what depends on it."""
    from neuropath.publish import address

    return address.main(root_folder(), args.url)


def serve(args: argparse.Namespace) -> int:
    """Serve the built book on 127.0.0.1 and open it in a browser."""
    from neuropath.publish.serve import main as serve_folder

    return serve_folder(root_folder() / "_build" / "html", port=args.port, browser=not args.no_browser)


def pdf(args: argparse.Namespace) -> int:
    """Print the built book as one PDF, by a Chromium or Chrome that is installed."""
    from neuropath.publish.pdf import main as print_book

    print_book(root_folder(), args.out)
    return 0


def vendor(args: argparse.Namespace) -> int:
    """Fetch the front-end files that an offline book bundles (npm), and compare them with their record."""
    from neuropath.publish import vendor as files

    return files.main(root_folder(), write=args.write)


def phantom(args: argparse.Namespace) -> int:
    """Write a synthetic brain-MRI data set: a folder a class, masks, patients.csv, a datasheet."""
    from neuropath.phantom.write import write_tree

    how = {"size": args.size, "seed": args.seed, "sites": tuple(args.sites), "jobs": args.jobs}
    counts = write_tree(args.out[0], args.images, **how)
    print(f"{counts.total()} images in {len(counts)} classes: {args.out[0]}")
    return 0


def train(args: argparse.Namespace) -> int:
    """Train the classifier: from a data set's name to a folder with model, scores, pictures, model card."""
    from neuropath.project.settings import Settings

    values = {name: value for name, value in vars(args).items() if name != "run"}
    settings = Settings(**values)  # before Keras starts: a slip is told at once
    quiet_tensorflow()
    from neuropath.project.train import train as run

    run(settings)
    return 0


def evaluate(args: argparse.Namespace) -> int:
    """Score a trained run again: on its own test images, or with --data or --sites on others."""
    quiet_tensorflow()
    from neuropath.project.evaluate_run import evaluate_elsewhere, evaluate_run

    folder = args.folder[0]
    if args.data is None and args.sites is None and args.seed is None:
        print(evaluate_run(folder, path=args.path).report())
        return 0
    how = {"path": args.path, "sites": args.sites or "AB", "seed": args.seed, "images": args.images}
    print(evaluate_elsewhere(folder, args.data or "phantom", **how).report())
    return 0


def explain(args: argparse.Namespace) -> int:
    """Classify one image and draw where the classifier looked: the table of probabilities, and a picture."""
    quiet_tensorflow()
    from neuropath.project.explain_image import explain_image
    from neuropath.project.one_image import open_run

    explain_image(open_run(args.folder), args.image[0], args.out)
    return 0


def app(args: argparse.Namespace) -> int:
    """Open the classifier in a browser: choose a run, upload an image, see probabilities and Grad-CAM."""
    from neuropath.project.app import serve as serve_app

    return serve_app(args.runs, port=args.port, browser=not args.no_browser)


def assign(args: argparse.Namespace) -> int:
    """Make a problem set from exercises: notebooks to hand out, and a grading key to keep."""
    from neuropath.grading import assign as problem_set

    return problem_set.main(args, root_folder())


def grade(args: argparse.Namespace) -> int:
    """Grade a folder of notebooks: marks, feedback for each student, an overview, what needs a person."""
    from neuropath.grading import grade as grading

    return grading.main(args)


def quiet_tensorflow() -> None:
    """Keep TensorFlow's greeting off the terminal; errors stay."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def train_options() -> dict[str, dict]:
    """--options of `train`, from the fields of Settings: one definition of each."""
    from dataclasses import MISSING, fields
    from typing import get_type_hints

    from neuropath.project.settings import Settings

    hints, options = get_type_hints(Settings), {}
    for field in fields(Settings):
        kind = next(
            t for t in (*getattr(hints[field.name], "__args__", ()), hints[field.name]) if t is not type(None)
        )
        shown = "" if field.default in (MISSING, None, False) else f" (default {field.default})"
        more = {"help": field.metadata["help"] + shown}
        if kind is bool:
            more |= {"action": "store_true"}
        else:
            more |= {"type": kind, "default": field.default, "choices": field.metadata.get("choices")}
        if field.default is MISSING:
            more = {"type": kind, "required": True, "help": more["help"]}
        options[field.name] = more
    return options


EVALUATE_OPTIONS: dict[str, dict] = {
    "folder": {"nargs": 1, "type": Path, "metavar": "RUN", "help": "the folder of a finished run"},
    "data": {"default": None, "help": "other data: phantom (new patients), figshare, kaggle17 or a folder"},
    "path": {"type": Path, "default": None, "help": "where the named data set lies"},
    "sites": {"default": None, "help": "new phantom patients on these scanners, such as C"},
    "seed": {"type": int, "default": None, "help": "of new phantom patients (default: the run's + 1)"},
    "images": {"type": int, "default": 1500, "help": "how many new images (default 1500)"},
}
EXPLAIN_OPTIONS: dict[str, dict] = {
    "image": {"nargs": 1, "type": Path, "metavar": "IMAGE", "help": "a picture of one axial slice"},
    "run": {
        "type": Path,
        "default": None,
        "dest": "folder",
        "help": "a run's folder (default: newest in runs/)",
    },
    "out": {
        "type": Path,
        "default": None,
        "help": "where the picture goes (default: NAME.explained.png here)",
    },
}
APP_OPTIONS: dict[str, dict] = {
    "runs": {"type": Path, "default": Path("runs"), "help": "a run or a folder of runs (default runs)"},
    "port": {"type": int, "default": 8501, "help": "port on 127.0.0.1 (default 8501)"},
    "no_browser": {"action": "store_true", "help": "do not open a browser"},
}
PHANTOM_OPTIONS: dict[str, dict] = {
    "out": {"nargs": 1, "metavar": "OUT", "help": "a new or empty folder"},
    "images": {"type": int, "default": 4449, "help": "how many (default 4449, as many as the reference has)"},
    "size": {"type": int, "default": 224, "help": "pixels a side, 64 to 256 (default 224)"},
    "seed": {"type": int, "default": 0, "help": "the same seed makes the same images (default 0)"},
    "sites": {"default": "AB", "help": "the scanners, letters out of ABC (default AB)"},
    "jobs": {"type": int, "default": None, "help": "processes (default: one a core)"},
}


def parser() -> argparse.ArgumentParser:
    """The command line, in one place."""
    top = argparse.ArgumentParser(
        prog="neuropath", description="From NumPy to neuropathology: the course's tools."
    )
    commands = top.add_subparsers(required=True, metavar="COMMAND")

    def command(run, /, **options):
        name = run.__name__.replace("_", "-")
        sub = commands.add_parser(name, help=run.__doc__.strip().rstrip("."), description=run.__doc__)
        sub.set_defaults(run=run)
        for flag, settings in options.items():
            sub.add_argument(flag if settings.get("nargs") else "--" + flag.replace("_", "-"), **settings)

    command(
        notebooks, check={"action": "store_true", "help": "write nothing, exit 1 if anything is out of date"}
    )
    command(execute, workers={"type": int, "default": None, "help": "pages executed at once (default: 2)"})
    command(publish_url, url={"nargs": "?", "help": "the address (default: the git remote 'origin')"})
    command(
        serve,
        port={"type": int, "default": 8000, "help": "port on 127.0.0.1 (default 8000)"},
        no_browser={"action": "store_true", "help": "do not open a browser"},
    )
    command(pdf, out={"type": Path, "default": None, "help": "the file (default: _build/pdf/book.pdf)"})
    command(vendor, write={"action": "store_true", "help": "make the record of hashes anew"})
    command(phantom, **PHANTOM_OPTIONS)
    command(train, **train_options())
    command(evaluate, **EVALUATE_OPTIONS)
    command(explain, **EXPLAIN_OPTIONS)
    command(app, **APP_OPTIONS)
    teaching(command)
    return top


def teaching(command: Callable[..., None]) -> None:
    """The subcommands for instructors."""
    from neuropath.grading import assign as problem_set
    from neuropath.grading import grade as grading

    command(assign, **problem_set.OPTIONS)
    command(grade, **grading.OPTIONS)


def said(error: OSError | ValueError) -> str:
    """The message; a full disk gets what to do beside what the system says."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        where = error.filename or "while writing"
        return f"the disk is full ({where}): make room and give the same command again."
    return str(error)


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; a missing file or wrong value ends in one clear line, not in a traceback."""
    args = parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file's name may hold what this terminal cannot show
            stream.reconfigure(errors="backslashreplace")
    try:
        return args.run(args)
    except (OSError, ValueError) as error:
        print(f"neuropath: {said(error)}", file=sys.stderr)
        return 1
    except RuntimeError as error:
        if type(error).__name__ != "DataError":  # known by name: importing it would load what is not needed
            raise
        print(f"neuropath: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("neuropath: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
