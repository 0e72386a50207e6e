"""Importing from folders and archives, also from hostile ones."""

import io
import os
import stat
import tarfile
import zipfile

import pytest

from assistant.errors import ModelError
from models import adding
from models.adding import import_model
from models.catalog import CATALOG
from models.weights import installed, locate
from tests.models import model_files

FILES = model_files.contents()


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(CATALOG, "small", model_files.entry(FILES))


def zipped(path, files, method=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path, files, mode="w:gz"):
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def inside(folder, files=FILES):
    return {f"{folder}/{name}": data for name, data in files.items()}


def is_empty(data_folder):
    folder = data_folder / "models"
    return not folder.exists() or not list(folder.iterdir())


@pytest.mark.parametrize(
    "make",
    [
        lambda path: model_files.write(path / "model", FILES),
        lambda path: model_files.write(path / "snapshots" / "abc" / "model", FILES).parents[2],
        lambda path: zipped(path / "model.zip", FILES),
        lambda path: zipped(path / "model.whl", {**inside("package/model"), "package/__init__.py": b"raise"}),
        lambda path: tarred(path / "model.tar", inside("./model"), "w"),
        lambda path: tarred(path / "model.tgz", {**inside("model"), "model/README.md": b"read me"}),
        lambda path: tarred(path / "strange name", FILES, "w:xz"),
    ],
    ids=["folder", "nested", "zip", "wheel", "tar", "tgz", "xz"],
)
def test_a_catalogue_model_is_known_by_its_digests_wherever_it_comes_from(tmp_path, make):
    (tmp_path / "from").mkdir()
    source = make(tmp_path / "from")
    model = import_model(source, tmp_path / "data")
    assert (model.name, model.folder) == ("small", tmp_path / "data" / "models" / "small")
    assert sorted(path.name for path in model.folder.iterdir()) == sorted([*FILES, "depthcue.json"])
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in model.folder.iterdir())
    assert locate("small", tmp_path / "data").source == f"imported from {source}"


def test_a_hub_cache_made_of_links_is_copied_by_content(tmp_path):
    blobs = model_files.write(tmp_path / "cache" / "blobs", {f"{n}": data for n, data in enumerate(FILES.values())})
    snapshot = tmp_path / "cache" / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    for number, name in enumerate(FILES):
        (snapshot / name).symlink_to(blobs / str(number))
    model = import_model(tmp_path / "cache", tmp_path / "data")
    assert not any(path.is_symlink() for path in model.folder.iterdir())


def test_a_model_of_its_own_wants_a_name_and_is_guarded_by_its_digests_afterwards(tmp_path):
    own = model_files.write(tmp_path / "own", model_files.contents(seed=5, size_bytes=9_000))
    with pytest.raises(ModelError, match=r"none of the catalogue's.*--name NAME"):
        import_model(own, tmp_path)
    assert is_empty(tmp_path)
    model = import_model(own, tmp_path, "mine")
    assert model.entry is None
    assert locate("mine", tmp_path).folder == model.folder
    assert [copy.name for copy in installed(tmp_path) if copy.entry is None] == ["mine"]

    weights = bytearray((model.folder / "model.bin").read_bytes())
    weights[5_000] ^= 1
    (model.folder / "model.bin").write_bytes(weights)
    with pytest.raises(ModelError, match=r"damaged: model\.bin"):
        locate("mine", tmp_path)


def test_another_model_never_replaces_one_of_that_name(tmp_path):
    first = model_files.write(tmp_path / "first", model_files.contents(seed=1))
    second = model_files.write(tmp_path / "second", model_files.contents(seed=2, size_bytes=4_500))
    kept = import_model(first, tmp_path, "mine")
    with pytest.raises(ModelError, match="another model named 'mine'"):
        import_model(second, tmp_path, "mine")
    assert (kept.folder / "model.bin").read_bytes() == model_files.weights(seed=1)
    assert import_model(first, tmp_path, "mine").folder == kept.folder  # the same again is no conflict


def test_a_damaged_model_of_ours_is_replaced_by_a_whole_one(tmp_path):
    model_files.write(tmp_path / "models" / "small", {**FILES, "model.bin": b"damaged"})
    import_model(model_files.write(tmp_path / "whole", FILES), tmp_path)
    assert locate("small", tmp_path).name == "small"
    assert [path.name for path in (tmp_path / "models").iterdir() if path.name.startswith(".")] == []


def test_a_damaged_catalogue_model_is_recognised(tmp_path):
    folder = model_files.write(tmp_path / "model", {**FILES, "vocabulary.txt": b"a\n"})
    with pytest.raises(ModelError, match=r"looks like 'small', but its vocabulary\.txt differs"):
        import_model(folder, tmp_path / "data")


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "tiny.en", "x" * 65, "a b", "-x", "é", "a\x1b"])
def test_names_that_are_paths_or_taken_are_refused(tmp_path, name):
    folder = model_files.write(tmp_path / "model", model_files.contents(seed=1))
    with pytest.raises(ModelError, match="can't be the name"):
        import_model(folder, tmp_path / "data", name)
    assert is_empty(tmp_path / "data")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path / "nothing", "There is no folder or file"),
        (lambda path: model_files.write(path / "empty", {}), r"There is no model\.bin"),
        (lambda path: model_files.write(path / "pt", {"small.pt": b"x"}), r"Models in another form"),
        (lambda path: model_files.write(path / "x", {"x.zip": b"PK no archive"}) / "x.zip", "neither a folder nor"),
        (lambda path: zipped(path / "x.zip", inside("a") | inside("b")), "There are 2 models"),
        (
            lambda path: model_files.write(path / "cut", {**FILES, "model.bin": FILES["model.bin"][:2_000]}),
            "ends after 2,000 bytes",
        ),
    ],
)
def test_what_is_no_model_gets_one_clear_message(tmp_path, make, words):
    with pytest.raises(ModelError, match=words):
        import_model(make(tmp_path), tmp_path / "data")
    assert is_empty(tmp_path / "data")


@pytest.mark.parametrize("name", ["../model.bin", "/etc/model.bin", "a/../../x", "C:\\x\\model.bin", "..\\model.bin"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_members_outside_of_the_archive_are_refused(tmp_path, name, pack):
    archive = pack(tmp_path / "evil", {**FILES, name: b"x"})
    with pytest.raises(ModelError, match=r"refused: .* would lie outside"):
        import_model(archive, tmp_path / "data")
    assert is_empty(tmp_path / "data")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_links_and_devices_in_a_tar_are_refused(tmp_path, kind):
    path = tarred(tmp_path / "links.tar", {"tokenizer.json": b"{}"}, "w")
    with tarfile.open(path, "a") as archive:
        member = tarfile.TarInfo("model.bin")
        member.type, member.linkname = kind, "/etc/passwd"
        archive.addfile(member)
    with pytest.raises(ModelError, match="link or a device"):
        import_model(path, tmp_path / "data")


def test_links_in_a_zip_are_refused(tmp_path):
    path = tmp_path / "links.zip"
    with zipfile.ZipFile(path, "w") as archive:
        member = zipfile.ZipInfo("model.bin")
        member.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(ModelError, match="link or a device"):
        import_model(path, tmp_path / "data")


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_bombs_are_refused_before_they_go_off(tmp_path, pack):
    archive = pack(tmp_path / "bomb", {**FILES, "zeros": bytes(30_000_000)})
    with pytest.raises(ModelError, match="far larger than a model"):
        import_model(archive, tmp_path / "data")
    assert is_empty(tmp_path / "data")


def test_too_many_members_and_members_given_twice_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(adding, "MOST_MEMBERS", 10)
    many = zipped(tmp_path / "many.zip", FILES | {f"{number}.txt": b"" for number in range(20)})
    with pytest.raises(ModelError, match="more than 10 files"):
        import_model(many, tmp_path / "data")
    twice = tarred(tmp_path / "twice.tar", FILES, "w")
    with tarfile.open(twice, "a") as archive:
        archive.addfile(tarfile.TarInfo("model.bin"))
    with pytest.raises(ModelError, match="in it twice"):
        import_model(twice, tmp_path / "data")


@pytest.mark.parametrize("pack", [zipped, tarred])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_truncated_archives_are_damaged_archives(tmp_path, pack, share):
    path = pack(tmp_path / "whole", {**FILES, "noise.bin": os.urandom(20_000), "model.bin": FILES["model.bin"]})
    cut = tmp_path / "cut"
    cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(ModelError):
        import_model(cut, tmp_path / "data")
    assert is_empty(tmp_path / "data")


def test_flipped_bits_in_an_archive_are_noticed(tmp_path):
    path = zipped(tmp_path / "flipped.zip", FILES, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.index(FILES["model.bin"][:200]) + 1_000] ^= 1
    path.write_bytes(data)
    with pytest.raises(ModelError, match="is damaged"):
        import_model(path, tmp_path / "data")


def test_a_model_with_special_settings_keeps_its_preprocessor(tmp_path):
    files = model_files.contents(seed=9) | {"preprocessor_config.json": b'{"feature_size": 128}'}
    model = import_model(model_files.write(tmp_path / "large", files), tmp_path, "large")
    assert (model.folder / "preprocessor_config.json").read_bytes() == files["preprocessor_config.json"]


def test_a_data_folder_that_can_not_be_made_is_a_message(tmp_path):
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(ModelError, match="can't be written"):
        import_model(model_files.write(tmp_path / "model", FILES), tmp_path / "data")
