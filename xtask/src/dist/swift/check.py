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

# The number of each processor, and how a load command names the platform. For a phone and for the simulator
# on Intel Macs, older systems have a command of their own.
PHONE = [struct.pack("<III", 0x32, 24, 2), struct.pack("<II", 0x25, 16)]
SIMULATOR = [struct.pack("<III", 0x32, 24, 7)]
BUILDS = {
    (None, "arm64"): (0x0100000C, PHONE, SIMULATOR),
    ("simulator", "arm64"): (0x0100000C, SIMULATOR, PHONE),
    ("simulator", "x86_64"): (0x01000007, SIMULATOR + PHONE[1:], PHONE[:1]),
}


def archives(content):
    """The static libraries in a file, by the numbers of their processors: one, or several behind a table."""
    if content.startswith(b"!<arch>\n"):
        # The first object file follows the first header of Mach-O.
        place = content.index(struct.pack("<I", 0xFEEDFACF)) + 4
        return {struct.unpack_from("<I", content, place)[0]: content}
    magic, count = struct.unpack_from(">II", content)
    assert magic == 0xCAFEBABE, "no static library"
    entries = [struct.unpack_from(">IIIII", content, 8 + 20 * place) for place in range(count)]
    return {entry[0]: content[entry[2] : entry[2] + entry[3]] for entry in entries}


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
    assert library["SupportedPlatform"] == "ios"
    # Below the module's name, where Clang looks for it too; at the top, the map of a second library
    # would be in its place.
    headers = folder / library["HeadersPath"] / "DigitalKeyFFI"
    [header] = re.findall(r'header "(.+)"', (headers / "module.modulemap").read_text())
    functions = re.findall(r"\b((?:uniffi|ffi)_digital_key_\w+)\(", (headers / header).read_text())
    assert functions, "the header has no function"
    built = archives((folder / library["LibraryPath"]).read_bytes())
    assert len(built) == len(library["SupportedArchitectures"]), f"{folder.name} has {built.keys()}"
    for architecture in library["SupportedArchitectures"]:
        name = f"{folder.name}, {architecture}"
        variant = library.get("SupportedPlatformVariant")
        number, commands, foreign = BUILDS[variant, architecture]
        archive = built[number]
        assert archive.startswith(b"!<arch>\n"), f"{name} is no static library"
        assert struct.pack("<II", 0xFEEDFACF, number) in archive, f"{name} is for another processor"
        assert any(it in archive for it in commands), f"{name} is for no {variant or 'phone'}"
        assert not any(it in archive for it in foreign), f"{name} is for another platform, too"
        for category, names in REASONS.items():
            used = [name for name in names.split() if f"\0_{name}\0".encode() in archive]
            reason = f"NSPrivacyAccessedAPICategory{category}"
            assert not used or reason in declared, f"the privacy manifest lacks {reason} for {used}"
        lacking = [it for it in functions if f"_{it}\0".encode() not in archive]
        assert not lacking, f"{name} lacks {lacking}"
        print(f"{name} has all {len(functions)} functions of its header")
