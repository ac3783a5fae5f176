"""Whether an XCFramework holds what its list says: each library for its own platform, with every
function of its header; and whether the privacy manifest names all that it asks of the system."""

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
# What Apple wants a reason for, by category, as a linker sees the functions.
declared = {
    entry["NSPrivacyAccessedAPIType"]
    for entry in plistlib.loads(pathlib.Path(sys.argv[2]).read_bytes())["NSPrivacyAccessedAPITypes"]
}
REASONS = {
    "FileTimestamp": "stat fstat lstat fstatat getattrlist fgetattrlist getattrlistat getattrlistbulk",
    "SystemBootTime": "mach_absolute_time",
    "DiskSpace": "statfs statvfs fstatfs fstatvfs",
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
    # Below the module's name, where Clang looks for it too; at the top, the map of a second library
    # would be in its place.
    for category, names in REASONS.items():
        used = [name for name in names.split() if f"\0_{name}\0".encode() in archive]
        name = f"NSPrivacyAccessedAPICategory{category}"
        assert not used or name in declared, f"the privacy manifest lacks {name} for {used}"
    headers = folder / library["HeadersPath"] / "DigitalKeyFFI"
    [header] = re.findall(r'header "(.+)"', (headers / "module.modulemap").read_text())
    functions = re.findall(r"\b((?:uniffi|ffi)_digital_key_\w+)\(", (headers / header).read_text())
    assert functions, "the header has no function"
    lacking = [name for name in functions if f"_{name}\0".encode() not in archive]
    assert not lacking, f"{folder.name} lacks {lacking}"
    print(f"{folder.name} has all {len(functions)} functions of its header")
