"""docs/litellm.md lists the same patches to LiteLLM and the same tested releases as the package."""

from __future__ import annotations

from custom_providers.litellm_patches import changes, releases, seams
from custom_providers.litellm_patches.place import Place
from custom_providers.routing.resolver import RouteTable
from tests.running import REPOSITORY

TEXT = (REPOSITORY / "docs" / "litellm.md").read_text(encoding="utf-8")


def _row(place: Place) -> str:
    notes = ["required" if place.required else "optional"]
    if place.since > (0, 0):
        notes.append("since {}.{}".format(*place.since))
    elif place.before < (100, 0):
        notes.append("before {}.{}".format(*place.before))
    return f"| `{place.target}` | {', '.join(notes)} | {place.why} |"


def test_the_tables_are_the_lists_of_patches_and_of_what_is_called(route_table: RouteTable):
    listed = [line for line in TEXT.splitlines() if line.startswith("| `")]

    patches = changes.patches(route_table, ())
    assert listed == [_row(place) for place in (*patches, *seams.SEAMS)]
    assert all(place.change is not None for place in patches)
    assert all(place.change is None for place in seams.SEAMS)


def test_every_release_that_is_named_in_the_package_is_in_the_document():
    assert [release for release in (*releases.TESTED, *releases.KNOWN_BAD) if release not in TEXT] == []


def test_every_tested_release_has_its_lock_and_is_tested_by_ci():
    others = [release for release in releases.TESTED if release != releases.LOCKED]
    ci = (REPOSITORY / ".ci" / "run").read_text(encoding="utf-8")

    assert [release for release in others if release not in ci] == []
    locks = {path.stem.removeprefix("litellm-") for path in (REPOSITORY / "tests" / "releases").glob("*.lock")}
    assert locks == {*others}
