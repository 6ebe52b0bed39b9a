"""Take some members out of a wheel: extract-wheel.py WHEEL FOLDER PATTERN...

Every member whose name matches one of the regular expressions is written below FOLDER under its own name. zipfile
checks each member's CRC while reading. Prints "DONE TOTAL" in bytes as it goes, for the progress shown.
"""

import os
import re
import sys
import zipfile

CHUNK = 1 << 22

wheel, folder, *patterns = sys.argv[1:]
wanted = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
with zipfile.ZipFile(wheel) as archive:
    members = [m for m in archive.infolist() if not m.is_dir() and wanted.fullmatch(m.filename)]
    if not members:
        sys.exit(f"{os.path.basename(wheel)} holds no member of the names expected")
    total = sum(member.file_size for member in members)
    done = 0
    for member in members:
        # A name must not lead outside the folder (extractall would clean it; the copy is in chunks to report).
        target = os.path.join(folder, *member.filename.split("/"))
        if os.path.relpath(target, folder).startswith(".."):
            sys.exit(f"{member.filename} points outside the folder")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(member) as source, open(target, "wb") as out:
            while chunk := source.read(CHUNK):
                out.write(chunk)
                done += len(chunk)
                print(done, total, flush=True)
