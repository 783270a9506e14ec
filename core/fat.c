/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The volume and its chains of clusters; fat_dir.c has the directories. See fat.h. Nothing here divides
 * 64-bit numbers: everything that divides is a power of two.
 */
#include "core/fat.h"

/* boot sector [FAT specification 3.1 to 3.3] */
#define BPB_BYTES_PER_SECT 0x0b /* u16 */
#define BPB_CLUSTER_SECTS  0x0d /* u8 */
#define BPB_RESERVED_SECTS 0x0e /* u16 */
#define BPB_FATS           0x10 /* u8 */
#define BPB_ROOT_ENTRIES   0x11 /* u16 */
#define BPB_SECTS16        0x13 /* u16 */
#define BPB_FAT_SECTS16    0x16 /* u16 */
#define BPB_SECTS32        0x20 /* u32 */
#define BPB_FAT_SECTS32    0x24 /* u32, FAT32 from here on */
#define BPB_EXT_FLAGS      0x28 /* u16 */
#define BPB_ROOT_CLUSTER   0x2c /* u32 */
#define BPB_SIGNATURE_AT   0x1fe
#define BPB_SIGNATURE      0xaa55
#define EXT_FLAGS_ONE_FAT  0x80 /* only the FAT whose number is in the low bits counts */

#define FAT12_CLUSTERS_MAX 4084
#define FAT16_CLUSTERS_MAX 65524
#define FAT32_CLUSTERS_MAX 0x0ffffff5
#define FATS_MAX           4
#define DIR_ENTRY_SIZE     32

/* Shift that divides by v; 32 if v is no power of two. */
static unsigned int log2_exact(uint32_t v)
{
	unsigned int n = 0;

	if (!v || v & (v - 1))
		return 32;
	while (v >> (n + 1))
		n++;
	return n;
}

static enum err bad(struct fault *fault, const char *what, uint64_t sect, uint32_t value)
{
	return fault_set(fault, ERR_BAD_FAT, what, sect, value);
}

/* The sizes in a boot sector; all counted in the file system's own sectors, 512 << shift bytes. */
static enum err read_bpb(struct fat *fat, const uint8_t *b, struct fault *fault)
{
	unsigned int shift = log2_exact(le16_get(b + BPB_BYTES_PER_SECT) / BLOCK_SIZE);
	unsigned int cluster_shift = log2_exact(b[BPB_CLUSTER_SECTS]);
	uint32_t fats = b[BPB_FATS], reserved = le16_get(b + BPB_RESERVED_SECTS), root, clusters;
	uint32_t fat_sects = le16_get(b + BPB_FAT_SECTS16), flags = 0;
	uint64_t total = le16_get(b + BPB_SECTS16), data, entries;

	if (le16_get(b + BPB_SIGNATURE_AT) != BPB_SIGNATURE)
		return bad(fault, "signature of its boot sector", fat->start,
			le16_get(b + BPB_SIGNATURE_AT));
	if (le16_get(b + BPB_BYTES_PER_SECT) % BLOCK_SIZE || shift > 3)
		return bad(fault, "bytes per sector", fat->start, le16_get(b + BPB_BYTES_PER_SECT));
	if (cluster_shift > 7)
		return bad(fault, "sectors per cluster", fat->start, b[BPB_CLUSTER_SECTS]);
	if (!reserved || !fats || fats > FATS_MAX)
		return bad(fault, "number of FATs", fat->start, fats);
	if (!total)
		total = le32_get(b + BPB_SECTS32);
	if (!fat_sects) {
		fat->bits = 32;
		fat_sects = le32_get(b + BPB_FAT_SECTS32);
		flags = le16_get(b + BPB_EXT_FLAGS);
	}
	root = ((uint32_t)le16_get(b + BPB_ROOT_ENTRIES) * DIR_ENTRY_SIZE + (BLOCK_SIZE << shift) - 1) >>
		(9 + shift);
	data = reserved + (uint64_t)fats * fat_sects + root;
	if (!fat_sects || data >= total || (fat->sects && (total << shift) > fat->sects))
		return bad(fault, "number of sectors", fat->start, (uint32_t)total);
	if ((total - data) >> cluster_shift > FAT32_CLUSTERS_MAX)
		return bad(fault, "number of clusters", fat->start, (uint32_t)total);
	clusters = (uint32_t)((total - data) >> cluster_shift);
	if (!fat->bits)
		fat->bits = clusters <= FAT12_CLUSTERS_MAX ? 12 : 16;
	entries = ((uint64_t)fat_sects << (9 + shift)) * 8; /* bits in a FAT, against those needed */
	if (!clusters || (fat->bits == 16 && clusters > FAT16_CLUSTERS_MAX) ||
		entries < ((uint64_t)clusters + 2) * fat->bits)
		return bad(fault, "number of clusters", fat->start, clusters);

	if (!(flags & EXT_FLAGS_ONE_FAT))
		flags = 0;
	if ((flags & 15) >= fats)
		return bad(fault, "number of the FAT", fat->start, flags);
	fat->fat_sects = fat_sects << shift;
	fat->fat_at = fat->start + ((uint64_t)reserved << shift) + (uint64_t)(flags & 15) * fat->fat_sects;
	fat->root_at = fat->start + ((reserved + (uint64_t)fats * fat_sects) << shift);
	fat->root_sects = root << shift;
	fat->data_at = fat->start + (data << shift);
	fat->cluster_sects = 1u << (cluster_shift + shift);
	fat->cluster_end = clusters + 2;
	if (fat->bits == 32)
		fat->root_cluster = le32_get(b + BPB_ROOT_CLUSTER);
	if (fat_sects >> (32 - 9 - shift))
		return bad(fault, "size of the FAT", fat->start, fat_sects);
	return ERR_OK;
}

enum err fat_open(struct fat *ret, const struct block_reader *disk, uint64_t start, uint64_t sects,
	uint8_t *window, uint32_t window_cap, struct fault *fault)
{
	struct fat fat = {.disk = disk, .start = start, .sects = sects, .window = window,
		.window_cap = window_cap};
	enum err e = block_read(disk, start, 1, window, fault);

	if (!e)
		e = read_bpb(&fat, window, fault);
	if (!e && fat.bits == 32 && (fat.root_cluster < 2 || fat.root_cluster >= fat.cluster_end))
		e = bad(fault, "root directory's cluster", start, fat.root_cluster);
	if (!e)
		*ret = fat;
	return e;
}

struct fat_node fat_root(const struct fat *fat)
{
	return (struct fat_node){.cluster = fat->root_cluster, .directory = true};
}

/* Have count bytes from byte off of the FAT in the window. */
static enum err window_at(struct fat *fat, uint32_t off, uint32_t count, const uint8_t **ret,
	struct fault *fault)
{
	uint32_t first = off / BLOCK_SIZE, last = (off + count - 1) / BLOCK_SIZE, n;
	enum err e;

	if (first < fat->window_first || last >= fat->window_first + fat->window_count) {
		n = fat->fat_sects - first;
		if (n > fat->window_cap)
			n = fat->window_cap;
		fat->window_count = 0; /* until it is read */
		e = block_read(fat->disk, fat->fat_at + first, n, fat->window, fault);
		if (e)
			return e;
		fat->window_first = first;
		fat->window_count = n;
	}
	*ret = fat->window + (off - fat->window_first * BLOCK_SIZE);
	return ERR_OK;
}

/* What comes behind cluster, which is one that can be: *ret 0 at the end of the chain. */
static enum err next_cluster(struct fat *fat, uint32_t cluster, uint32_t *ret, struct fault *fault)
{
	uint32_t off = fat->bits == 12 ? cluster + cluster / 2 : cluster * (fat->bits / 8);
	uint32_t v, end;
	const uint8_t *p;
	enum err e = window_at(fat, off, fat->bits == 32 ? 4 : 2, &p, fault);

	if (e)
		return e;
	if (fat->bits == 12) {
		v = le16_get(p);
		v = cluster & 1 ? v >> 4 : v & 0xfff;
		end = 0xff8;
	} else if (fat->bits == 16) {
		v = le16_get(p);
		end = 0xfff8;
	} else {
		v = le32_get(p) & 0x0fffffff;
		end = 0x0ffffff8;
	}
	if (v >= end)
		v = 0;
	else if (v < 2 || v >= fat->cluster_end)
		return fault_set(fault, ERR_BAD_CHAIN, "next cluster", fat->fat_at + off / BLOCK_SIZE, v);
	*ret = v;
	return ERR_OK;
}

void fat_stream_open(const struct fat *fat, const struct fat_node *node, struct fat_stream *ret)
{
	*ret = (struct fat_stream){
		.cluster = node->cluster,
		.directory = node->directory,
		.entry_sect = node->entry_sect ? node->entry_sect : fat->start,
		.left = node->directory ? FAT_DIR_SECTS_MAX
					: node->size / BLOCK_SIZE + (node->size % BLOCK_SIZE != 0),
		.mark = node->cluster,
		.reach = 1,
	};
	if (node->directory && !node->cluster && !node->entry_sect) {
		ret->fixed_at = fat->root_at;
		ret->left = fat->root_sects;
	}
}

/*
 * Go to the next cluster; *ret_end: there is none, and the stream stays where it is. A circle is noticed
 * after at most three times its length (Brent): the stream remembers a cluster, each time after twice as
 * many steps, and meets it again.
 */
static enum err advance(struct fat *fat, struct fat_stream *s, bool *ret_end, struct fault *fault)
{
	uint32_t next = 0;
	enum err e = next_cluster(fat, s->cluster, &next, fault);

	if (e)
		return e;
	*ret_end = !next;
	if (!next)
		return ERR_OK;
	if (next == s->mark)
		return fault_set(fault, ERR_CHAIN_LOOP, "cluster comes again", s->entry_sect, next);
	if (++s->steps == s->reach) {
		s->mark = next;
		s->steps = 0;
		s->reach *= 2;
	}
	s->cluster = next;
	s->in_cluster = 0;
	return ERR_OK;
}

/* A file has been read: its chain may go on, but must end. */
static enum err check_end(struct fat *fat, struct fat_stream *s, struct fault *fault)
{
	bool end = !s->cluster || s->directory;

	while (!end) {
		enum err e = advance(fat, s, &end, fault);

		if (e)
			return e;
	}
	s->cluster = 0;
	return ERR_OK;
}

static enum err chain_too_short(const struct fat_stream *s, struct fault *fault)
{
	return fault_set(fault, ERR_BAD_CHAIN, "file's chain ends too early, sectors missing",
		s->entry_sect, s->left);
}

static bool cluster_valid(const struct fat *fat, uint32_t cluster)
{
	return cluster >= 2 && cluster < fat->cluster_end;
}

enum err fat_stream_next(struct fat *fat, struct fat_stream *s, uint32_t max, uint64_t *ret_sect,
	uint32_t *ret_count, struct fault *fault)
{
	uint32_t count = 0;
	bool end = false;
	enum err e;

	if (s->fixed_at) {
		count = s->left < max ? s->left : max;
		*ret_sect = s->fixed_at;
		s->fixed_at += count;
		s->left -= count;
		*ret_count = count;
		return ERR_OK;
	}
	/* An empty file has no cluster. */
	if ((s->left || s->cluster) && !cluster_valid(fat, s->cluster))
		return fault_set(fault, ERR_BAD_CHAIN, "first cluster", s->entry_sect, s->cluster);
	if (s->left && s->in_cluster == fat->cluster_sects) {
		e = advance(fat, s, &end, fault);
		if (e)
			return e;
		if (end && !s->directory)
			return chain_too_short(s, fault);
	}
	if (end || !s->left) {
		e = check_end(fat, s, fault);
		if (e)
			return e;
		s->left = 0;
		*ret_sect = 0;
		*ret_count = 0;
		return ERR_OK;
	}
	*ret_sect = fat->data_at + (uint64_t)(s->cluster - 2) * fat->cluster_sects + s->in_cluster;
	for (;;) {
		uint32_t here = fat->cluster_sects - s->in_cluster, before = s->cluster;

		if (here > max - count)
			here = max - count;
		if (here > s->left)
			here = s->left;
		count += here;
		s->left -= here;
		s->in_cluster += here;
		if (count == max || !s->left)
			break;
		e = advance(fat, s, &end, fault);
		if (e)
			return e;
		if (end || s->cluster != before + 1)
			break; /* at its end, or at the start of a cluster that lies elsewhere */
	}
	*ret_count = count;
	return ERR_OK;
}

enum err fat_stream_skip(struct fat *fat, struct fat_stream *s, uint32_t count, struct fault *fault)
{
	while (count) {
		uint64_t sect;
		uint32_t n;
		enum err e = fat_stream_next(fat, s, count, &sect, &n, fault);

		if (e)
			return e;
		if (!n)
			return fault_set(fault, ERR_TRUNCATED, "file", s->entry_sect, count);
		count -= n;
	}
	return ERR_OK;
}
