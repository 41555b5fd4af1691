"""Collects the sentences of the code and writes the catalogues anew: `python -m tests.words`."""

from tests.words.catalogues import OTHERS, collected, missing, mo_bytes, mo_file, po_bytes, po_file, updated


def main() -> None:
    """Write each language's files and say what is missing in them."""
    sentences = collected()
    for code in OTHERS:
        catalogue = updated(code, sentences)
        po_file(code).parent.mkdir(parents=True, exist_ok=True)
        po_file(code).write_bytes(po_bytes(catalogue))
        mo_file(code).write_bytes(mo_bytes(catalogue))
        untranslated = list(missing(catalogue))
        print(f"{code}: {len(catalogue)} sentences, {len(untranslated)} not translated")
        for sentence in untranslated[:20]:
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
