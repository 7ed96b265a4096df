"""make_wheels.py FOLDER: makes wheels of the Debian packages in packages.txt and what they need, for `pip install`.

They hold what Debian has in /usr/lib/python3/dist-packages, under the names and versions of the Python package index.
"""

import email
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile

SITE = pathlib.Path("/usr/lib/python3/dist-packages")


def main(out: pathlib.Path) -> None:
    here = pathlib.Path(__file__).parent
    out.mkdir(parents=True, exist_ok=True)
    for line in (here / "packages.txt").read_text().splitlines():
        package = line.partition("#")[0].strip()
        if package:
            make_wheel(package, out)


def make_wheel(package: str, out: pathlib.Path) -> None:
    """One wheel of one Debian package."""
    listed = subprocess.run(["dpkg", "-L", package], check=True, capture_output=True, text=True).stdout
    files = [path for path in map(pathlib.Path, listed.splitlines()) if SITE in path.parents and path.is_file()]
    about = next(path for path in files if path.name in ("METADATA", "PKG-INFO"))
    metadata = about.read_text()
    said = email.message_from_string(metadata)
    name = re.sub(r"[-_.]+", "_", said["Name"]).lower()
    info = f"{name}-{said['Version']}.dist-info"
    compiled = any(path.suffix == ".so" for path in files)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / info).mkdir()
        for path in files:
            if "__pycache__" in path.parts:
                continue
            inside = path.relative_to(SITE)
            if inside.parts[0].endswith((".dist-info", ".egg-info")):
                # Of the old form (egg-info) only the metadata and the commands mean anything in a wheel.
                if inside.name != "entry_points.txt":
                    continue
                inside = pathlib.Path(info) / inside.name
            (root / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, root / inside)
        (root / info / "METADATA").write_text(with_requirements(metadata, about.parent))
        (root / info / "WHEEL").write_text(
            "Wheel-Version: 1.0\nGenerator: drydock\n"
            f"Root-Is-Purelib: {'false' if compiled else 'true'}\nTag: {tag(compiled)}\n"
        )
        subprocess.run([sys.executable, "-m", "wheel", "pack", folder, "--dest-dir", str(out)], check=True)


def tag(compiled: bool) -> str:
    """For which interpreter and which machine."""
    if not compiled:
        return "py3-none-any"
    version = f"cp{sys.version_info.major}{sys.version_info.minor}"
    return f"{version}-{version}-{re.sub(r'[-.]', '_', sysconfig.get_platform())}"


def with_requirements(metadata: str, folder: pathlib.Path) -> str:
    """The old form keeps what a package needs in a file of its own; a wheel has it in its metadata."""
    requires = folder / "requires.txt"
    if "\nRequires-Dist:" in metadata or not requires.is_file():
        return metadata
    needed = [line for line in requires.read_text().partition("[")[0].splitlines() if line.strip()]
    headers, empty, text = metadata.partition("\n\n")
    return headers.rstrip("\n") + "".join(f"\nRequires-Dist: {line}" for line in needed) + "\n" + (empty + text or "\n")


main(pathlib.Path(sys.argv[1]))
