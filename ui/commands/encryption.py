"""`depthcue sessions encrypt`, `decrypt` and `passphrase`: encryption of the kept calls, in a terminal."""

from __future__ import annotations

import sys

CODE_SENTENCE = (
    "This recovery code opens them, too. Write it down and keep it elsewhere: it is shown this once, and "
    "`depthcue sessions passphrase --new-code` makes another one."
)


def encrypt() -> None:
    """Raises SealingError, StoreError."""
    from assistant.sealing import vault
    from assistant.settings import data_folder
    from assistant.store.conversion import encryption, want_encrypted
    from ui.unlocking import new_passphrase, unlock_history

    unlock_history()
    state = encryption(data_folder())
    if not state.is_wanted:
        print(vault.FORGOTTEN)
        print(f"Recovery code: {want_encrypted(data_folder(), new_passphrase())}\n{CODE_SENTENCE}", flush=True)
    elif state.is_settled:
        print("All kept calls are encrypted already.")
        return
    _convert()
    print("All kept calls are encrypted.")


def decrypt() -> None:
    """Raises SealingError, StoreError."""
    from assistant.sealing import vault
    from assistant.settings import data_folder
    from assistant.store.conversion import want_plain

    if vault.find(data_folder()) is None:
        print("The kept calls are not encrypted.")
        return
    want_plain(data_folder())
    _convert()
    print("No kept call is encrypted any more.")


def change(*, wants_code: bool) -> None:
    """Another passphrase, or another recovery code. Raises SealingError."""
    from assistant.sealing import vault
    from assistant.settings import data_folder
    from ui.unlocking import new_passphrase, unlock_history

    if vault.find(data_folder()) is None:
        print("The kept calls are not encrypted; `depthcue sessions encrypt` does that.")
        return
    unlock_history()
    if wants_code:
        print(f"Recovery code: {vault.change_code(data_folder())}\n{CODE_SENTENCE} The old one opens nothing any more.")
    else:
        vault.change_passphrase(data_folder(), new_passphrase())
        print("The new passphrase counts from now on; the recovery code stays.")


def _convert() -> None:
    from assistant.settings import data_folder
    from assistant.store.conversion import convert_history
    from ui.unlocking import telling_of_key_store

    def tell(done: int, of: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{done} of {of} recordings", end="\n" if done == of else "", file=sys.stderr, flush=True)

    convert_history(data_folder(), tell, asking=telling_of_key_store)
