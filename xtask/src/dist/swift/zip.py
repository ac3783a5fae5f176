import hashlib, pathlib, sys, zipfile

folder, target = map(pathlib.Path, sys.argv[1:])
with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
    for file in sorted(file for file in folder.rglob("*") if file.is_file()):
        name = file.relative_to(folder.parent).as_posix()
        # Without the time and the owner of the file, so that the same content has the same checksum.
        entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        packed.writestr(entry, file.read_bytes())
print(hashlib.sha256(target.read_bytes()).hexdigest())
