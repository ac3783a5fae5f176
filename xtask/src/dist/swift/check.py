"""Whether an XCFramework holds what its list says: each library for its own platform, with every
function of its header."""

import pathlib
import plistlib
import re
import struct
import sys

framework = pathlib.Path(sys.argv[1])
listed = plistlib.loads((framework / "Info.plist").read_bytes())
assert listed["CFBundlePackageType"] == "XFWK" and listed["XCFrameworkFormatVersion"] == "1.0"
libraries = listed["AvailableLibraries"]
folders = {entry.name for entry in framework.iterdir() if entry.is_dir()}
assert {library["LibraryIdentifier"] for library in libraries} == folders, folders

# How a load command names the platform; for a phone, older systems have one of their own.
PLATFORMS = {
    None: [struct.pack("<III", 0x32, 24, 2), struct.pack("<II", 0x25, 16)],
    "simulator": [struct.pack("<III", 0x32, 24, 7)],
}
for library in libraries:
    folder = framework / library["LibraryIdentifier"]
    variant = library.get("SupportedPlatformVariant")
    assert library["SupportedPlatform"] == "ios" and library["SupportedArchitectures"] == ["arm64"]
    archive = (folder / library["LibraryPath"]).read_bytes()
    assert archive.startswith(b"!<arch>\n"), "no static library"
    # Each object file begins as Mach-O for arm64.
    assert struct.pack("<II", 0xFEEDFACF, 0x0100000C) in archive, "not for arm64"
    found = [it for it, commands in PLATFORMS.items() if any(it in archive for it in commands)]
    assert found == [variant], f"{folder.name} is built for {found}"
    headers = folder / library["HeadersPath"]
    [header] = re.findall(r'header "(.+)"', (headers / "module.modulemap").read_text())
    functions = re.findall(r"\b((?:uniffi|ffi)_digital_key_\w+)\(", (headers / header).read_text())
    assert functions, "the header has no function"
    lacking = [name for name in functions if f"_{name}\0".encode() not in archive]
    assert not lacking, f"{folder.name} lacks {lacking}"
    print(f"{folder.name} has all {len(functions)} functions of its header")
