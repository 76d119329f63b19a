"""The `neuropath` command. One function a subcommand; heavy imports stay inside them."""

from __future__ import annotations

import argparse
import sys
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


def phantom(args: argparse.Namespace) -> int:
    """Write a synthetic brain-MRI data set: a folder a class, masks, patients.csv, a datasheet."""
    from neuropath.phantom.write import write_tree

    how = {"size": args.size, "seed": args.seed, "sites": tuple(args.sites), "jobs": args.jobs}
    counts = write_tree(args.out[0], args.images, **how)
    print(f"{counts.total()} images in {len(counts)} classes: {args.out[0]}")
    return 0


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

    def command(run, **options):
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
    command(phantom, **PHANTOM_OPTIONS)
    return top


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand; a missing file or wrong value ends in one clear line, not in a traceback."""
    args = parser().parse_args(argv)
    try:
        return args.run(args)
    except (FileNotFoundError, ValueError) as error:
        print(f"neuropath: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("neuropath: stopped", file=sys.stderr)
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
