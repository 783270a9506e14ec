# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel images read, changed and rebuilt by the tests.

Every offset here is typed again from the documents (Linux Documentation/x86/boot.rst, and
docs/image-format.md for bzforge's own part), not taken from spec/: together with the macros and the
asserted structures there it is the third witness.
"""

import struct
import zlib

# boot.rst, "The Real-Mode Kernel Header": name -> (offset, struct format)
HEADER = {
    "setup_sects": (0x1F1, "B"),
    "root_flags": (0x1F2, "H"),
    "syssize": (0x1F4, "I"),
    "ram_size": (0x1F8, "H"),
    "vid_mode": (0x1FA, "H"),
    "root_dev": (0x1FC, "H"),
    "boot_flag": (0x1FE, "H"),
    "jump": (0x200, "H"),
    "header": (0x202, "I"),
    "version": (0x206, "H"),
    "realmode_swtch": (0x208, "I"),
    "start_sys_seg": (0x20C, "H"),
    "kernel_version": (0x20E, "H"),
    "type_of_loader": (0x210, "B"),
    "loadflags": (0x211, "B"),
    "setup_move_size": (0x212, "H"),
    "code32_start": (0x214, "I"),
    "ramdisk_image": (0x218, "I"),
    "ramdisk_size": (0x21C, "I"),
    "bootsect_kludge": (0x220, "I"),
    "heap_end_ptr": (0x224, "H"),
    "ext_loader_ver": (0x226, "B"),
    "ext_loader_type": (0x227, "B"),
    "cmd_line_ptr": (0x228, "I"),
    "initrd_addr_max": (0x22C, "I"),
    "kernel_alignment": (0x230, "I"),
    "relocatable_kernel": (0x234, "B"),
    "min_alignment": (0x235, "B"),
    "xloadflags": (0x236, "H"),
    "cmdline_size": (0x238, "I"),
    "hardware_subarch": (0x23C, "I"),
    "hardware_subarch_data": (0x240, "Q"),
    "payload_offset": (0x248, "I"),
    "payload_length": (0x24C, "I"),
    "setup_data": (0x250, "Q"),
    "pref_address": (0x258, "Q"),
    "init_size": (0x260, "I"),
    "handover_offset": (0x264, "I"),
    "kernel_info_offset": (0x268, "I"),
}

# docs/image-format.md, "stub_info": offsets from its start, which is 0x10 behind the 32-bit entry
STUB_INFO_AT = 0x10
STUB_INFO = {
    "magic": (0x00, "I"),
    "version": (0x04, "H"),
    "codec": (0x06, "B"),
    "stub_size": (0x08, "I"),
    "work_size": (0x0C, "I"),
    "image_size": (0x10, "I"),
    "manifest_off": (0x14, "I"),
    "manifest_size": (0x18, "I"),
    "init_size": (0x1C, "I"),
    "pref_address": (0x20, "Q"),
    "alignment": (0x28, "I"),
    "xloadflags": (0x2C, "H"),
}

# docs/image-format.md, "The manifest"
MANIFEST = {
    "magic": (0x00, "I"),
    "size": (0x04, "I"),
    "version": (0x08, "H"),
    "codec": (0x0A, "B"),
    "flags": (0x0B, "B"),
    "chunk_count": (0x0C, "I"),
    "payload_off": (0x10, "I"),
    "payload_size": (0x14, "I"),
    "content_size": (0x18, "I"),
    "elf_size": (0x1C, "I"),
    "mem_base": (0x20, "Q"),
    "mem_size": (0x28, "Q"),
    "first_offset": (0x30, "I"),
    "reloc_layout": (0x34, "B"),
    "reloc_coding": (0x35, "B"),
    "safe_offset": (0x38, "I"),
    "workspace": (0x3C, "I"),
    "cmdline_off": (0x40, "I"),
    "cmdline_size": (0x44, "I"),
    "initrd_off": (0x48, "I"),
    "initrd_size": (0x4C, "I"),
    "initrd_crc": (0x50, "I"),
    "cmdline_crc": (0x54, "I"),
    "tail_offset": (0x58, "I"),
}
MANIFEST_SHA256 = 0x60
MANIFEST_CHUNKS = 0x80
CHUNK = struct.Struct("<6I")  # in_off in_size out_off out_size crc ready_after

ZSTD_BLOCK_MAX = 0x20000
XLF_HANDOVER_32, XLF_HANDOVER_64 = 1 << 2, 1 << 3  # boot.rst, "xloadflags"


def _crc32c_table():
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


_CRC32C = _crc32c_table()


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC32C[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Fields:
    """Named little-endian fields at fixed offsets from `base` in a bytearray."""

    def __init__(self, data, base, table):
        self.__dict__.update(_data=data, _base=base, _table=table)

    def __getattr__(self, name):
        offset, code = self._table[name]
        return struct.unpack_from("<" + code, self._data, self._base + offset)[0]

    def __setattr__(self, name, value):
        offset, code = self._table[name]
        struct.pack_into("<" + code, self._data, self._base + offset, value)


class BzImage:
    """Any bzImage; `data` may be changed in place."""

    def __init__(self, data):
        self.data = bytearray(data)
        self.hdr = Fields(self.data, 0, HEADER)

    @property
    def setup_size(self):
        return (self.hdr.setup_sects + 1) * 512

    @property
    def payload_at(self):
        return self.setup_size + self.hdr.payload_offset

    @property
    def payload(self):
        """The stream with its size trailer."""
        return bytes(self.data[self.payload_at:self.payload_at + self.hdr.payload_length])

    @property
    def version(self):
        start = self.hdr.kernel_version + 0x200
        return bytes(self.data[start:self.data.index(0, start)]).decode()

    @property
    def image_crc(self):
        """What the CRC-32 of boot.rst leaves over the image: 0 if it is right."""
        end = self.setup_size + self.hdr.syssize * 16
        return zlib.crc32(self.data[:end]) ^ 0xFFFFFFFF

    def replace_payload(self, stream):
        """Another payload at the same place, kernel_info behind it: what a kernel wrapped by Linux
        with another codec is, but for its decoder."""
        info = self.setup_size + self.hdr.kernel_info_offset
        kernel_info = self.data[info:info + struct.unpack_from("<I", self.data, info + 8)[0]]
        self.data[self.payload_at:] = stream + bytes(-len(stream) % 16)
        self.hdr.payload_length = len(stream)
        self.hdr.kernel_info_offset = len(self.data) - self.setup_size
        self.data += kernel_info
        # Linux's EFI stub lay behind the payload.
        self.hdr.handover_offset = 0
        self.hdr.xloadflags &= ~(XLF_HANDOVER_32 | XLF_HANDOVER_64)
        self.finish()

    def finish(self):
        """Round the file up to whole paragraphs, set syssize, and make the checksum right."""
        body = len(self.data) - self.setup_size
        self.data += bytes(-body % 16) + bytes(16)
        self.hdr.syssize = (len(self.data) - self.setup_size) // 16
        struct.pack_into("<I", self.data, len(self.data) - 4, zlib.crc32(self.data[:-4]) ^ 0xFFFFFFFF)


class Image(BzImage):
    """An image of bzforge's: with stub_info and manifest."""

    def __init__(self, data):
        super().__init__(data)
        self.info = Fields(self.data, self.setup_size + STUB_INFO_AT, STUB_INFO)
        self.manifest_at = self.setup_size + self.info.manifest_off
        self.manifest = Fields(self.data, self.manifest_at, MANIFEST)

    @property
    def kernel_sha256(self):
        at = self.manifest_at + MANIFEST_SHA256
        return bytes(self.data[at:at + 32])

    @property
    def chunks(self):
        """[(in_off, in_size, out_off, out_size, crc, ready_after)]"""
        at = self.manifest_at + MANIFEST_CHUNKS
        return [CHUNK.unpack_from(self.data, at + i * CHUNK.size)
                for i in range(self.manifest.chunk_count)]

    def chunk_input(self, number):
        """File offset and size of a chunk's input."""
        in_off, in_size = self.chunks[number][:2]
        return self.setup_size + self.manifest.payload_off + in_off, in_size

    def set_chunk(self, number, chunk):
        CHUNK.pack_into(self.data, self.manifest_at + MANIFEST_CHUNKS + number * CHUNK.size, *chunk)

    @property
    def manifest_crc_at(self):
        return self.manifest_at + self.manifest.size - 4

    def seal(self):
        """Make the manifest's own checksum and the image's right again."""
        crc = crc32c(self.data[self.manifest_at:self.manifest_crc_at])
        struct.pack_into("<I", self.data, self.manifest_crc_at, crc)
        end = self.setup_size + self.hdr.syssize * 16
        struct.pack_into("<I", self.data, end - 4, zlib.crc32(self.data[:end - 4]) ^ 0xFFFFFFFF)

    def set_content(self, content):
        """Let the payload decode to `content` instead, whatever the manifest's digest and load plan
        say: only what is wrong in the content is wrong in the image. The stream is one zstd frame of
        raw blocks (RFC 8878, 3.1.1), cut where the chunks are. Same size as before."""
        assert len(content) == self.manifest.content_size
        # Frame header: no checksum, no dictionary, content size in 8 bytes, a window of 8 MiB.
        stream = bytearray(struct.pack("<IBBQ", 0xFD2FB528, 0xC0, 13 << 3, len(content)))
        chunks = []
        for number, (_, _, out_off, out_size, _, ready) in enumerate(self.chunks):
            in_off = 0 if number == 0 else len(stream)
            for at in range(out_off, out_off + out_size, ZSTD_BLOCK_MAX):
                block = content[at:min(at + ZSTD_BLOCK_MAX, out_off + out_size)]
                last = at + len(block) == len(content)
                stream += struct.pack("<I", len(block) << 3 | last)[:3] + block
            chunks.append((in_off, len(stream) - in_off, out_off, out_size,
                           crc32c(stream[in_off:]), ready))
        grown = len(stream) - self.manifest.payload_size
        start = self.setup_size + self.manifest.payload_off
        self.data[start:] = stream + struct.pack("<I", len(content))
        for number, chunk in enumerate(chunks):
            self.set_chunk(number, chunk)
        self.manifest.payload_size = len(stream)
        self.hdr.payload_length = len(stream) + 4
        self.hdr.init_size += max(0, grown + 0xFFF & ~0xFFF)
        self.info.init_size = self.hdr.init_size
        self.finish()
        self.info.image_size = self.hdr.syssize * 16
        self.seal()
