"""What a QTI package's manifest says: which files are items, and the topic, difficulty and source of each."""

from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from app.formats.xml_tree import text_in

# LOM's own words for how hard a thing is, from 1
DIFFICULTIES = ("very easy", "easy", "medium", "difficult", "very difficult")
KIND_MARK = "题型:"


@dataclass(frozen=True)
class Described:
    """What the manifest says of an item, as written."""

    topic: str = ""
    difficulty: str = ""
    source: str = ""
    kind_word: str = ""


@dataclass
class Manifest:
    """The items of a package by the addresses that the manifest writes, in its order."""

    title: str = ""
    items: dict[str, Described] = field(default_factory=dict)
    other_types: set[str] = field(default_factory=set)


def read_manifest(root: Element) -> Manifest:
    """The items that a manifest lists; `root` has names as `qti_item.plain_name` makes them."""
    manifest = Manifest(text_in(root.find("metadata/lom/general/title")).strip()[:60])
    for resource in root.iterfind("resources/resource"):
        kind = resource.get("type", "").lower()
        address = resource.get("href", "") or next((file.get("href", "") for file in resource.iter("file")), "")
        if kind.startswith(("imsqti_item", "imsqti_apipitem")) and address:
            manifest.items.setdefault(address, _described(resource))
        else:
            manifest.other_types.add(kind)
    return manifest


def _described(resource: Element) -> Described:
    lom = resource.find("metadata/lom")
    if lom is None:
        return Described()
    keywords = [said for keyword in lom.findall("general/keyword") if (said := text_in(keyword))]
    kinds = [said.removeprefix(KIND_MARK) for said in keywords if said.startswith(KIND_MARK)]
    taxons = [text_in(taxon.find("entry")) for taxon in lom.findall("classification/taxonpath/taxon")]
    topic = "/".join(taxon for taxon in taxons if taxon)
    others = [said for said in keywords if not said.startswith(KIND_MARK)]
    return Described(
        topic=topic or (others[0] if others else ""),
        difficulty=_difficulty(text_in(lom.find("educational/difficulty/value"))),
        source=next((_basis(relation) for relation in lom.findall("relation") if _basis(relation)), ""),
        kind_word=kinds[0] if kinds else "",
    )


def _difficulty(said: str) -> str:
    words = said.lower()
    return str(DIFFICULTIES.index(words) + 1) if words in DIFFICULTIES else said


def _basis(relation: Element) -> str:
    kind = text_in(relation.find("kind/value")).lower()
    return text_in(relation.find("resource/description")) if kind == "isbasedon" else ""
